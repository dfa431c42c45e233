"""The addresses of this room. It stands in no navigation: plan and today lead here."""

from ibasho.keepsakes import offers, views
from ibasho.keepsakes.telling import files_of_a_picture, telling_of_a_keepsake
from ibasho.web.addresses import private, private_for_files

urlpatterns = [
    private("keepsakes", views.keepsakes),
    private("keepsakes-one", views.one_of_mine),
    private("keepsake-words", views.add_words),
    private_for_files("keepsake-photo", views.add_picture),
    private("keepsake-song", views.add_song),
    private("keepsake", views.keepsake, "<str:keepsake>"),
    private("keepsake-change", views.keepsake_change, "<str:keepsake>"),
    private("keepsake-erase", views.keepsake_erase, "<str:keepsake>"),
    private("keepsake-picture", views.picture, "<str:keepsake>"),
    private("keepsake-small", views.small_picture, "<str:keepsake>"),
]

__all__ = ["files_of_a_picture", "offers", "telling_of_a_keepsake", "urlpatterns"]
