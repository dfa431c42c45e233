"""What every page shares: addresses, headers, the base page, components, drawings, type and script."""
