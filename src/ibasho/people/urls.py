"""Where this room's pages live."""

from django.utils.translation import gettext_lazy as _

from ibasho.circle.gate import for_allies_too
from ibasho.people.views import coming, friends, joining, own, words
from ibasho.programme.gate import works_before_opening
from ibasho.web import navigation
from ibasho.web.addresses import private, public

urlpatterns = [
    public("door", "", coming.sign_in),
    public("join", "join", joining.join),
    public("leave", "leave", coming.leave),
    private("unlock", coming.unlock),
    private("sign-out", coming.sign_out),
    private("arrive", joining.arrive),
    private("practise", joining.practise),
    private("understood", joining.understood),
    private("recovery-sheet", words.recovery_sheet),
    private("recovery-paper", words.recovery_paper),
    private("change-words", words.change_words),
    public("lost-words", "lost", friends.lost),
    private("waiting", friends.waiting),
    private("friends-let-in", friends.choose),
    private("friends-asked", friends.asked),
    private("lost-friend", friends.listen),
    private("lost-friend-one", friends.one_friend, "<str:waits>"),
    private("account", own.account),
    private("leave-everywhere", own.leave_everywhere),
    private("export", own.export),
    private("export-file", own.export_file),
    private("erase", own.erase),
    private("invitations", own.invitations),
    private("accept", own.accept),
]

for_allies_too(*(pattern.name for pattern in urlpatterns if pattern.name and pattern.name != "invitations"))
for_allies_too("bell", "bell-mail", "bell-browser", "bell-line")  # a room that knows of no circle
works_before_opening(*(pattern.name for pattern in urlpatterns if pattern.name))
navigation.add("account", _("Mine"), "mine", 80)
