"""The one computer: serving, the clock of the house, back-ups, and what an installer should know.

Commands are thin: parse, call an action, print counts and never names.
"""
