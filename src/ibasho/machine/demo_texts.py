"""What the invented people of the demo write. Every line was made up for it; CC BY 4.0, as all our texts."""

# Things somebody likes about themselves, in their own words.
LIKE = (
    "I called my sister back, although I had put it off.",
    "My hands were steady when it counted.",
    "I said no, and I did not explain it.",
    "I noticed that the new one was lost and showed her the kitchen.",
    "I remembered the name of the man at the bakery.",
    "I made the neighbour laugh in the stairwell.",
    "I asked for the window seat.",
    "I told the truth when it would have been easier not to.",
    "I can still whistle with two fingers.",
    "I watered her plants while she is away, all of them.",
    "I waited before I answered.",
    "I drew the cup as it is, chip and all.",
    "I was patient with the boy at the till.",
    "I am good at untangling things. Wool, anyway.",
    "I kept the appointment.",
    "I sang in the car, badly, with the windows shut.",
    "I let somebody carry the heavy bag.",
    "I fixed the tap instead of putting a bowl under it.",
    "I know the names of eleven birds now.",
    "I listened to the end of the story.",
    "I parked in one go.",
    "I make a very good soup.",
    "I apologised first.",
    "I did not read the message twice.",
    "I turned the phone off at ten.",
    "I am the one who remembers birthdays.",
    "I bought flowers and they were for me.",
    "I wrote the letter to the landlord, and it was clear.",
    "I went to the back of the queue without a fuss.",
    "I gave the warm scarf away.",
    "I taught my father to send a picture.",
    "I noticed I was hungry, and ate.",
    "I told Daniel a joke, and it was a good one.",
    "I held the door and he cried, and I stayed.",
    "I finished the book.",
    "I cut my own hair and it is nearly even.",
    "I can be quiet with people.",
    "I asked the question that everybody had.",
    "I put the chairs away without being asked.",
    "My handwriting, today.",
    "I danced while the kettle boiled.",
    "I laughed at myself in the good way.",
)

# Things somebody got through.
GOT_THROUGH = (
    "The whole night shift, and home by bus.",
    "The phone call with the office.",
    "An hour of waiting without leaving.",
    "The anniversary. It was a Tuesday, in the end.",
    "Opened the post. All of it.",
    "The supermarket at six o’clock.",
    "Got out of bed at eleven, and that was early for me.",
    "The dentist.",
    "The first evening at the group.",
    "A bad dream, and then toast.",
    "Slept in the bed, not on the sofa.",
    "The form with nine pages.",
    "The meeting, without my stomach.",
    "Sunday.",
    "The stairs, twice.",
    "Heard his name on the radio, another man’s, and stayed in the room.",
    "Carried on after burning the rice.",
    "The quiet after the visitors had gone.",
    "The tram past the old flat.",
    "A day without deciding anything.",
    "Read the letter with Aya beside me, and then we had cake.",
    "Rain all day and no umbrella.",
    "Told them I could not come, and they were fine.",
    "The long corridor.",
    "Brushed my teeth. It counts, Tom says.",
    "The birthday party, forty minutes of it.",
    "Sat on the step until it passed.",
)

# Things someone said.
SOMEONE_SAID = (
    "Aya said I look like myself again.",
    "“You came,” said Daniel, as if that was enough.",
    "My daughter said my pancakes are better than the café’s.",
    "A patient said thank you and meant it.",
    "Tom said he had been wrong, and I had been right.",
    "The woman upstairs said the music was nice.",
    "“Take your time.” A stranger, at the counter.",
    "My brother said he keeps my postcard on the fridge.",
    "Ruth said she likes how I pour tea.",
    "“You make it sound easy,” said the trainee.",
    "The bus driver said good night to me by name.",
    "My aunt said that I have her mother’s hands.",
    "Noor said it is fine to be slow.",
    "“Same time next week?” I liked that.",
    "The boy next door said I am the one with the good biscuits.",
    "Jonas said nobody had asked him that before.",
    "Lena said the plant is alive because of me.",
    "My boss said that was well spotted.",
    "A friend wrote: no need to answer, thinking of you.",
    "Pavel said he slept because we had talked.",
    "“I’m glad it was you on the phone.”",
    "Kofi said that the chairs look better my way.",
)

# A few words about the day.
LINES = (
    "Grey day. Tea helped.",
    "Woke at four and listened to the rain.",
    "Long shift, two good people on it.",
    "Quiet. I liked the quiet.",
    "Too many people and all of them kind.",
    "I walked the long way round by the river.",
    "Nothing much. The soup was good.",
    "Tired in the legs, not in the head.",
    "I cleaned one shelf.",
    "A letter came. I put it with the others and left the house.",
    "Group tonight. I said four sentences.",
    "Group tonight. I said nothing, and that was fine.",
    "Tea with Daniel. We talked about bread.",
    "The light at five o’clock was something.",
    "I stayed in bed, and the world went on.",
    "Hard to say. It was a lot, and then it was evening.",
    "I missed my stop because of the book.",
    "Laundry on the line, first warm day.",
    "My head was loud.",
    "Everything took twice as long. It got done.",
    "I cooked for two and froze one.",
    "Visited mum. She knew me.",
    "Work was work.",
    "I cried on the bus, and a woman gave me a mint.",
    "The cat slept on my feet.",
    "Early night.",
    "Late night, good reason.",
    "Snow, nearly.",
    "I answered three messages of eleven.",
    "I was short with people and said sorry to two.",
    "Swam. Ten lengths, with breaks.",
    "Could not get started, so I did not, and rang Aya.",
    "Market day. Bought pears.",
    "The new pills make me thirsty.",
    "Heard a blackbird at the wrong time of year.",
    "We changed the lock. It turns softly.",
    "Sat at the back and drew people’s shoes.",
    "A good day, I think. I am a little careful with it.",
    "I slept in the afternoon.",
    "Nobody wanted anything from me until noon.",
)

# Plans, part by part. The numbers are of the ranges kept free for invented people (Ofcom).
PLANS: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "Mia": {
        "signs": (
            ("I sleep on the sofa with my boots on.",),
            ("I say “fine, fine” on the radio and in the kitchen.",),
            ("I leave letters lying on the mat.",),
        ),
        "alone": (
            ("Feet on the floor, and the kettle on. Count until it clicks.",),
            ("Cold water over my wrists.",),
            ("Once round the canal, without the phone in my hand.",),
        ),
        "company": (
            ("The late bakery, by the window.",),
            ("My cousin, who talks about nothing but pigeons.", "07700 900142"),
        ),
        "people": (
            (
                "Aya",
                "07700 900317",
                "Hi. It is one of those nights. Could you ring me, or just stay on the line?",
            ),
            ("Tom, Thursdays and Sundays", "07700 900265"),
        ),
        "services": (("My doctor’s practice, in the morning", "020 7946 0018"),),
        "safer": (
            ("Aya keeps the tin.",),
            ("The long way home, past the lights.",),
        ),
        "matters": (
            ("The plum tree. It will flower again.",),
            ("He does not get to have the last word.",),
        ),
    },
    "Tom": {
        "signs": (("I tidy the shed at night.",),),
        "alone": (("Two pages of anything, aloud.",), ("Oil the gate.",)),
        "people": (("Daniel", "07700 900488", "Have you got the kettle on?"),),
    },
}
# What Mia keeps: the fields of each keepsake, the newest first.
KEEPSAKES: tuple[dict[str, str | int], ...] = (
    {"sort": "words", "text": "You do not have to be finished to be good company.", "by": "Daniel"},
    {
        "sort": "picture",
        "text": "The house by the depot. I drew it on the night bus.",
        "width": 1200,
        "height": 900,
    },
    {
        "sort": "words",
        "text": "Dear Mia, the plant is alive. I talk to it as you said, about the weather and the neighbours. "
        "Come and see for yourself on Sunday; there is soup. If you only want the soup, that is fine as well.",
        "by": "Aya",
    },
    {"sort": "song", "title": "The slow one we had in the car", "by": "The Veranda Band"},
)
# What Mia asks of her friends, what one of them said to it, what Tom keeps for her, and the line she sent.
ASK = "Somebody here in the evening"
ASK_NOTE = "Tea, and nobody has to talk. The third bell is mine."
SOUP = "I bring soup, the green one."
BOX = "the blue box"
BOX_IF_TOM_GOES = "Aya has it then."
BOX_LINE = "The small key lies under the third flower pot."
TOLD = "Just say something ordinary."
