/* Everyday English prose: stories, places, talk, instructions, letters, news, questions,
 * diaries.  Within a genre p and q are persons, o is a thing, w the place where it happens,
 * t a town; every opening sets what the sentences after it use. */
#include "challenge/tables.h"

const pot_rule pot_general_rules[] = {
    POT_TEXTS("genre", "{story_open} {story_next} {story_other} {story_turn}{@story_more}",
              "{view_open} {view_near} {view_people}{@view_more}",
              "{talk_open}\n{talk_reply}\n{talk_back}{@talk_more}", "{script_open}{@script_more}",
              "{cook_open}\n\n1. {cook_first}\n2. {cook_second}{@cook_more}",
              "{make_open} {make_first} {make_next}{@make_more}",
              "{letter_open}\n\n{letter_first} {letter_next}{@letter_more}",
              "{news_open} {news_next} {news_said}{@news_more}", "{qa_open}{@qa_more}",
              "{diary_open}{@diary_more}"),

    /* --- stories: p, q, o, w ---------------------------------------------------------- */
    POT_TEXTS("story_open",
              "{p=first} {last}, {a job} from {town}, {handled} {a adj} {o=thing} in the {w=place} "
              "{when}.",
              "At {0-23}:{0-59:2} {when}, {p=first} {last} {moved} {a adj} {o=thing} from the "
              "{x=place} to the {w=place~x}.",
              "The {adj} {o=thing} in the {w=place} at {2-999} {street} {way} had belonged to "
              "{p=first} {last} since {1921-2019}.",
              "Why did {p=first} {last}, the {town} {job}, {|keep|hide|guard|store|leave|want} {a "
              "adj} {o=thing} in the {w=place} for {3-99} {|days|weeks|months|years}?",
              "\"{|Mind|Leave|Fetch|Keep|Find|Bring} the {adj} {o=thing},\" {p=first} {last} told "
              "{x=first~p} {last} in the {w=place} {when}.",
              "{x=first}, {y=first~x} and {p=first~x} {last} had {a adj} {o=thing}, {3-99} "
              "{animal.1} and the key to the {w=place} in {town}."),
    POT_TEXTS(
        "story_next",
        "{^p.1} turned the {o} over twice and found the number {100-999} scratched into one side.",
        "It had come down from {p.3} {relation}, who never {|spoke about it|let anyone touch "
        "it|explained where it came from|wanted to sell it}.",
        "Somebody had wrapped it in {a colour} {|cloth|scarf|towel|blanket|pillowcase} and tied it "
        "with {|string|wire|ribbon|a bootlace}.",
        "It stood behind {a x=thing~o} and {12-60} old {|newspapers|tins|bottles|flower pots}, and "
        "{p.1} {|had nearly walked past it|saw it at once|had to climb over them to reach it}.",
        "A label on the {o} said that it was made in {town} in {1788-1919}, which {p} {|did not "
        "believe|thought far too early|had known all along|read out twice}."),
    POT_TEXTS(
        "story_other",
        "\"{|Where did you get that|Is that yours|What is it for|Who left that here|Does it still "
        "work}?\" asked {q=first~p}, {p.3} {friend}, who was {doing}.",
        "{^p.3} {friend} {q=first~p} {|looked up from the newspaper|put down the shopping|came in "
        "from the garden|stopped whistling} and {|laughed|frowned|sighed|asked what it had cost}.",
        "{q=first~p} {last}, who {|ran the shop next door|rented the room upstairs|had come about "
        "the roof|delivered the post}, offered {p.2} {3-95} {|pounds|dollars|euros|crowns} for it.",
        "When {q=first~p} heard about it, {q.1} came over from {town} with {a x=thing~o} and {|a "
        "great many questions|no explanation|half a cake|{2-9} cousins}."),
    POT_TEXTS(
        "story_turn",
        "They agreed to keep it until {weekday} and then to {|ask at the museum|put a notice in "
        "the window|write to the owner|think again}.",
        "{p} said that it {|was not for sale|belonged to the house|had to be cleaned first|was "
        "only a copy}, and {q} {|nodded|shrugged|did not argue|wrote that down}.",
        "That night the {o} {|was gone|had moved to the window|was warm to the touch|fell off the "
        "shelf with a crash}, and neither of them {|could say why|had been near it|slept well}.",
        "It took {q} {2-14} {|minutes|hours|days} to {|polish it|copy the drawing on its side|find "
        "the mark of the maker|see that it was a fake}."),
    POT_TEXTS("story_more", " The {w} smelled of {x=smell} and {smell~x}.",
              " Outside, {3-40} {flock} {|crossed the field|moved along the hedge|called to one "
              "another|took off all at once}.",
              " \"{remark},\" said {q}, {|and meant it|without looking up|for the second time|to "
              "nobody in particular|after a while}.",
              " {p} wrote the {|date|time|address|price} on {|the back of an envelope|a scrap of "
              "paper|the wall in pencil|the lid of a box}.",
              " By {two_to_ten} o'clock the rain had {|stopped|started again|turned to "
              "sleet|reached the {w}}.",
              " There was {a adj} {thing} under the {furniture} as well, but it was hardly worth "
              "{|keeping|mending|a penny|the trouble}.",
              " {q} remembered {a adj} {thing} from {|school|a holiday in {town}|the years "
              "abroad|another life}, and said so.",
              " It cost {p} {12-99} {|pounds|dollars|euros} and {a adj} {thing} to find that out.",
              " In the end {|they both|the two of them|{p} and {q}} sat down by the {furniture} "
              "and {|said nothing|ate {smell} soup|watched the door|laughed about it}.",
              " The {relation} of {a job} in {town} had once {|seen|owned|drawn|broken} one like "
              "it, or so {q} {|claimed|had heard|believed}.",
              " {p} put the {o} {|back|away|down|in a sack} and {|locked the door|turned off the "
              "light|went out into the yard|began to sing}."),

    /* --- places: b, a building or landmark; t ------------------------------------------ */
    POT_TEXTS("view_open",
              "The {look} {b=building} at {2-999} {street} {way} in {t=town} has {12-96} {look} "
              "windows, {2-9} {look} {landmark.1} and {a adj} {thing}.",
              "Between {x=town} and {t=town~x}, road {100-9999} passes {2-29} {look} {landmark.1}, "
              "{a look} {b=building} and {a look} {landmark}.",
              "{t=town} lies {12-99} miles from {x=town~t} and has {12-99},{100-999} people, {a "
              "look} {b=building}, {2-19} {look} {landmark.1} and {street} {way}.",
              "Walk past {2-999} {street} {way}, {t=town}, at {5-22}:{0-59:2} and you see {2-29} "
              "{look} {landmark.1} and {a look} {b=building}.",
              "{1750-1989}: {first} {last} of {t=town} built {a look} {b=building} with {2-29} "
              "{look} {landmark.1} on {street} {way}."),
    POT_TEXTS("view_near",
              "The paint on the {|door|gate|shutters|railings} is {colour} and was last renewed in "
              "{1950-2018}.",
              "{^a colour} path of {40-190} steps leads {|up to the door|down to the water|round "
              "the back|through the nettles}.",
              "From the {|first|second|top} floor of the {b} you can {|count the boats|see the "
              "weather come in|hear the school bell|follow the river as far as {town~t}}.",
              "In winter the {b} {|is closed|stands empty|is lit by {3-40} lamps|looks larger than "
              "it is}, and in summer {|swallows nest under the roof|the smell of {smell} fills the "
              "street|the walls stay cool until evening}."),
    POT_TEXTS(
        "view_people",
        "{p=first} {last}, who has lived here for {3-70} years, {|sweeps the steps|feeds the "
        "{flock}|paints the same view|rings the bell} every {weekday}.",
        "Most mornings {a job} called {p=first} sits on the wall with {a adj} {thing} and {|waves "
        "at the bus|talks to the {flock}|reads yesterday's paper|says very little}.",
        "Ask {p=first} {last} for the key: {p.1} keeps it {|behind the bar|under a brick|in {a "
        "adj} {thing}|on a nail in the {place}} and lends it to {|anyone|visitors|children}."),
    POT_TEXTS(
        "view_more", " {^look} {landmark.1} stand along {street} {way}, {3-40} of them in all.",
        " On {weekday}s there is a market, where {p} sells {adj} {thing.1} for {2-60} "
        "{|pounds|dollars|euros} each.",
        " In {1840-1999} {|a flood|a fire|a storm|a lorry} {|damaged|all but destroyed|spared} the "
        "{b}, as a {|stone|plaque|painted line} beside the door records.",
        " The {street} {|Inn|Arms|Hotel} serves {x=smell} soup with {smell~x} bread, and the wait "
        "is never under {10-55} minutes.",
        " To the {|north|south|east|west} the land falls away to {a look} {landmark} and {|the "
        "sea|a line of poplars|the railway|fields of {smell}}.",
        " {^p.3} {relation} remembers when {3-90} {animal.1} were kept {|where the car park "
        "is|behind the {b}|in the {place}}.",
        " A notice asks visitors not to {|pick the flowers|feed the {flock}|climb the wall|leave "
        "bicycles here}, and most of them do not.",
        " The clock over the {place} is {2-25} minutes {|slow|fast}, and nobody in {t} minds.",
        " At dusk the {flock} come back, and {|the windows turn {colour}|somebody lights a "
        "lamp|the last bus leaves for {town~t}}."),

    /* --- talk in quotation marks: p, q, o ------------------------------------------------ */
    POT_TEXTS("talk_open",
              "\"{whereis} my {adj} {o=thing} and {12-99} {adj} {thing.1}?\" {p=first} {last} "
              "asked {q=first~p}, {p.3} {friend}.",
              "\"{x=first} and {y=first~x} {last} are in the {place} with {a adj} {o=thing},\" "
              "said {p=first} {last} to {q=first~p}.",
              "\"{12-99} {adj} {thing.1} for {a adj} {o=thing}?\" said {p=first} {last}. "
              "\"{q=first~p} {last} of {town} asks {13-98}!\"",
              "{p=first} {last} put {a adj} {o=thing} and {a adj} {thing} before {q=first~p} "
              "{last}. \"{^whatsay} {100-999}?\"",
              "\"At {0-23}:{0-59:2},\" said {p=first} {last}, \"{q=first~p} put {a adj} {o=thing} "
              "and {12-99} {thing.1} in the {place}.\""),
    POT_TEXTS("talk_reply",
              "\"{|The {adj} one?|Which one?|The one from {town}?|Not the {o} again!}\" said {q}. "
              "\"{|I gave it to {x=first~p}|It is in the {place}|You lent it to your {relation}|I "
              "have not seen it since {weekday}}.\"",
              "\"{remark},\" {q} replied. \"{|And what would you do with it|Why do you ask|Has "
              "{x=first~p} been talking to you}?\"",
              "{q} {|thought about it|looked at the ceiling|counted on {q.3} fingers|finished "
              "{q.3} tea}. \"{|Perhaps|Probably not|Only if it rains|Yes, but not before "
              "{weekday}},\" {q.1} said."),
    POT_TEXTS("talk_back",
              "\"{|I need it by {|noon|tonight|{weekday}}|It was my {relation}'s|I promised it to "
              "{y=first~p} in {town}|It cost me {12-99} {|pounds|dollars|euros}}.\"",
              "\"{|Then I will ask {y=first~p}|That is what you said last time|You might have told "
              "me|I looked there already},\" said {p}.",
              "\"{|Fine|Very well|All right|Have it your way},\" said {p}, \"but {|I will not "
              "carry it|you can explain it to {y=first~p}|somebody has to pay for the {o}|I am "
              "taking the {x=thing~o} too}.\""),
    POT_TEXTS("talk_more", "\n\"{remark},\" said {q}.",
              "\n\"How much is {a adj} {thing} these days?\"\n\"{|Too much|About {12-99} "
              "{|pounds|dollars|euros}|Ask {a job}|Less than in {town}}.\"",
              "\n{p} {|opened the window|sat down|poured more coffee|picked up the {o}} and "
              "{|sighed|smiled|said nothing for a while}.",
              "\n\"You could always buy {|another|a new one|one from {a job}},\" {q} "
              "suggested.\n\"{|With what money|And wait {2-9} weeks|In {town}}?\"",
              "\n\"Is that {a animal} in the {place}?\" asked {q}.\n\"{|Two of them|It belongs to "
              "{first}|Do not change the subject|It is only {a thing}},\" said {p}.",
              "\n\"My {relation} once walked {12-40} miles with {a adj} {thing},\" {p} "
              "{|said|recalled|added}.\n\"{|Whatever for?|So you keep telling us.|I know, I was "
              "there.|In those shoes?}\"",
              "\nThey {|both laughed|looked at each other|were quiet until the kettle boiled|heard "
              "the {flock} outside}.",
              "\n\"Let us meet at {1-12}:{0-59:2} by the {landmark},\" said {p}. \"Bring {|the "
              "{o}|your {relation}|{2-9} {thing.1}}.\"",
              "\n\"What did you do before you were {a job}?\" {q} wanted to know.\n\"{|I kept "
              "{animal.1}|I was {a job}|I lived in {town}|Very little},\" {p} answered.",
              "\n\"Your {friend} says that {|the {place} is haunted|you snore|the {building} is to "
              "be sold|{first} has left {town}},\" said {q}.\n\"{|My {friend} says a great "
              "deal|Nonsense|I am glad to hear it}.\"",
              "\nSomewhere {|above|below|outside} {|a door slammed|a child was singing|{a animal} "
              "could be heard|the {job} dropped {a thing}}.",
              "\n\"{|Sugar|Milk|Lemon}?\" asked {p}.\n\"{|Two spoons, please|None, thank you|Only "
              "on {weekday}s},\" said {q}, and {|put down|admired|moved} the {o}."),

    /* --- a script, lines after a name: p, q -------------------------------------------- */
    POT_TEXTS("script_open",
              "{p=first}: Have {q=first~p} {last} and {first} {last} seen my {adj} {thing}?\n{q}: "
              "Try the {place}, under {12-99} {adj} {thing.1}.",
              "{p=first}: {12-99} {adj} {thing.1}, {a adj} {thing}, {2-60} {animal.1}. Is that "
              "all, {q=first~p}?\n{q}: {first} {last} wants the {place} too.",
              "SCENE {1-9}: {a look} {landmark} near {town}, {0-23}:{0-59:2}.\n{p=first}: {first} "
              "{last} sent {a adj} {thing}.\n{q=first~p}: To the {place}?",
              "{q=first}: {first} {last}, {a job} in {town}, lost {a adj} {thing}.\n{p=first~q}: "
              "In the {place}, {|I hope|I fear|I bet|was it}?"),
    POT_TEXTS("script_more",
              "\n{p}: {|Say that again!|Louder, please.|Is that a joke?|You cannot be "
              "serious.}\n{q}: {remark}.",
              "\n{q}: {|Listen|Look here|Wait|Never mind}. {remark}.\n{p}: {|I suppose so.|That is "
              "what worries me.|As you like.|Who told you?}",
              "\n{p} (sitting down by the {furniture}): {|How long have we got?\n{q}: {12-55} "
              "minutes, {|at most|perhaps|by my watch}|Where is your {friend}?\n{q}: {|Gone to "
              "{town}|In the {place}|I have no idea}|Who paid for the {thing}?\n{q}: {|Not I|Ask "
              "the {job}|Why do you ask}}.",
              "\n{q} (holding up {a adj} {thing}): And this?\n{p}: {|Put it down|Keep it|It is not "
              "mine|It came with the house}.",
              "\n(Enter {|{a job}|a messenger|{first}} with {a x=thing}.)\n{p}: {|At last|Not "
              "now|Not another {x}|Shut the door}!",
              "\n{p}: Do you know {a job} called {first}?\n{q}: {|The one from {town}?|Everybody "
              "does.|Why, what has happened?|We were at school together.}",
              "\n{q}: What did the {job} say?\n{p}: {|Nothing of use.|That it would cost {12-99} "
              "{|pounds|euros}.|To come back on {weekday}.|Much the same as the {job}.}",
              "\n{p}: My {relation} would have {|liked|hated|laughed at} this.\n{q}: Your "
              "{relation} {|was a saint|never left {town}|is sitting over there|sold {thing.1}}.",
              "\n{q} (aside): There stands {a job} who has {a thing} where the {|heart|head|money} "
              "should be.",
              "\n{q}: I {|dreamed|heard|read} of {3-40} {animal.1} {|in the {place}|on the roof|at "
              "the gate}.\n{p}: {|And then?|You read too much.|So did I.}",
              "\n(A {|bell|clock|dog|door} is heard {|off stage|below|far away}. {p} "
              "{|starts|laughs|sits up|does not move}.)",
              "\n{p}: We leave for {town} at {1-12}:{0-59:2}.\n{q}: {|Without me|In the dark|By "
              "{|boat|train|bus}|All of us}?"),

    /* --- recipes: x and y, two vegetables; h, a herb --------------------------------------- */
    POT_TEXTS("cook_open",
              "{^x=vegetable} {dish} from {p=first} {last}, {town}\n\n{100-999} g {x.1}, {100-999} "
              "g {y=vegetable.1~x}, {12-99} g {fat}, {h=herb}, {2-9} {egg}",
              "{100-999} g {x=vegetable.1}, {100-999} g {y=vegetable.1~x}, {12-99} g {fat}, "
              "{h=herb}: {p=first} {last} of {town} makes {a dish} for {2-29}",
              "For {2-29} people {p=first} {last} takes {100-999} g {x=vegetable.1}, {100-999} g "
              "{y=vegetable.1~x}, {100-999} ml {liquid} and {12-99} g {h=herb}",
              "{p=first} {last}'s {adj} pot ({town}): {100-999} g {x=vegetable.1}, {100-999} g "
              "{y=vegetable.1~x}, {h=herb}, {12-99} ml {liquid}"),
    POT_TEXTS("cook_first",
              "Wash the {x.1} and cut {|them|everything} into {|thin slices|small cubes|strips of "
              "{2-9} cm|quarters}.",
              "Heat the oven to {16-23}0 degrees and {|grease|butter|line} a {|tin|dish|tray} of "
              "{18-34} cm.",
              "Put the {x.1} in a {|large|heavy|deep} pan, cover with {liquid} and {|bring to the "
              "boil|simmer for {8-45} minutes|add {2-5} g of salt}."),
    POT_TEXTS("cook_second",
              "Add the {y.1} and the {h} and cook for {6-40} minutes, {|stirring often|without a "
              "lid|until soft|turning once}.",
              "Fry the {y.1} in {12-60} g of {fat} until {|golden|brown at the edges|the smell "
              "fills the kitchen}, then {|stir in the {h}|set them aside|pour off the fat}.",
              "Meanwhile, {|mash|chop|grate|peel} the {y.1} and mix {|them|it all} with {2-6} "
              "spoons of {liquid} and some {h}."),
    POT_TEXTS(
        "cook_more",
        "\n{|Next|Then|Now}: season with {|salt|pepper|{spice}} and {spice}, and taste it before "
        "adding more.",
        "\n{|Tip|Note}: {|in winter|on a weekday|for children|if you are short of time}, leave out "
        "the {h} and use {spice} instead.",
        "\nKeep {12-90} g of the {y.1} back {|to put on top|for the next day|as decoration}.",
        "\nLet it rest for {5-50} minutes {|under a cloth|in a cool place|while you lay the "
        "table}.",
        "\nServe with {|bread|rice|noodles|dumplings|a green salad} and {a colour} "
        "{|napkin|candle|bowl} for each guest.",
        "\n{p} also makes it with {vegetable.1~x}, which takes {5-25} minutes {|longer|less}.",
        "\nWhat is left keeps for {2-6} days in the {|pantry|fridge|cellar} and {|freezes well|is "
        "better cold|makes a good soup}.",
        "\nA {|colder|richer|cheaper|lighter} version, common in {town}, has {2-9} {egg} and no "
        "{fat}."),

    /* --- making things: o, what is made ----------------------------------------------------- */
    POT_TEXTS("make_open",
              "To make {a look} {o=project}, {p=first} {last} of {town} cuts {3-19} "
              "{|boards|strips|lengths} of {w=wood} to {300-2400} by {40-240} mm.",
              "{p=first} {last}, {a job}, needs {2-19} {|boards|strips|sheets} of {w=wood}, "
              "{300-2400} by {40-240} mm, for {a look} {o=project}.",
              "Cut {3-19} pieces of {w=wood}, {300-2400} by {40-240} by {12-39} mm: {p=first} "
              "{last} of {town} shows how to make {a look} {o=project}.",
              "{^a look} {o=project} in {2-48} hours, by {p=first} {last}, {town}. You need {3-29} "
              "{|boards|strips|pegs} of {w=wood}, {300-2400} mm long."),
    POT_TEXTS("make_first",
              "Mark the {|middle|corners|edges} with {|a pencil|chalk|a nail} and drill {4-40} "
              "holes, {3-12} mm wide and {15-60} mm deep.",
              "Sand every {|edge|side|corner} with {|fine|coarse|used} paper, wipe off the dust "
              "and {|wait {2-12} hours|oil it twice|paint it {colour}}.",
              "Lay the pieces on a flat {|floor|table|bench} first and check that {|nothing "
              "rocks|both diagonals agree|the grain runs the same way}."),
    POT_TEXTS(
        "make_next",
        "Then glue the {|sides|legs|joints} and hold them with {2-9} {|clamps|screws|heavy books} "
        "for {20-90} minutes.",
        "Fix the {|back|base|frame} with {8-48} {|nails|screws|pins}, starting {|at the top|in the "
        "middle|from the left}, and do not {|hurry|force them|mind small gaps}.",
        "After that the {o} should stand {|straight|without help|on its own feet}; if not, {|plane "
        "the longer side|put {a colour} wedge under it|take out {2-5} screws and try again}."),
    POT_TEXTS(
        "make_more",
        " Use {|brass|steel|copper} screws outdoors, since {|iron|cheap ones} will {|rust|stain "
        "the {w}} within {2-9} {|months|winters}.",
        " If the {w} splits, {|start again with a thinner drill|fill the crack with glue|turn that "
        "side to the wall}.",
        " Two coats of {colour} paint need about {2-8} hours each to dry {|in summer|near a "
        "stove|in a dry room}.",
        " {^a friend} can {|hold the other end|read out the measures|sweep the floor} while you "
        "work.",
        " {p} adds {a adj} {thing} as {|an ornament|a handle|a joke}, which is {|not needed|a "
        "matter of taste|hard to clean}.",
        " Check the {|height|width|angle} again: it should be {120-980} mm, give or take {2-5}.",
        " The whole {o} weighs {3-39} kg and cost {p} {15-190} {|pounds|dollars|euros} in "
        "{1991-2023}.",
        " Keep the offcuts, for they make good {|pegs|kindling|labels|wedges}.",
        " Children can {|paint|sand|oil} the {|lid|legs|sides}, but the {|saw|drill|knife} is for "
        "adults.",
        " Once a year, {|tighten the screws|wax the joints|brush off the moss} and look for signs "
        "of {|worm|rust|damp}."),

    /* --- letters: p writes to q about o ------------------------------------------------------ */
    POT_TEXTS("letter_open",
              "{2-999} {street} {way}\n{town}\n{1-28} {month} {1950-2024}\n\nDear {q=first} "
              "{last},\n\nThank you for the {adj} {o=thing}.",
              "Dear {q=first} {last},\n\nOn {1-28} {month} I sent you {a adj} {o=thing} from "
              "{2-999} {street} {way}, {town}.",
              "{^q=first} - {12-99} {adj} {thing.1} came from {town} on {weekday}, with {a adj} "
              "{o=thing} for {first} {last}.",
              "Dear {q=first}, we met {first} {last} in {town} at {0-23}:{0-59:2}, and the {job} "
              "gave us {a adj} {o=thing}.",
              "To: {q=first} {last}, {2-999} {street} {way}, {town}\nRe: {a adj} {o=thing} lost in "
              "the {place}\n\nDear {q},"),
    POT_TEXTS("letter_first",
              "I am sorry that {|I did not write sooner|the parcel was late|we missed you on "
              "{weekday}|my last letter was so short}; {|the roof needed {|mending|a new beam}|my "
              "{relation} was here|we were in {town} for {2-9} days}.",
              "The {o} {|arrived safely|was quite unharmed|is on the {furniture} as I write|caused "
              "some confusion}, and {|we are all very pleased|my {friend} has already borrowed "
              "it|nobody knows how to {|clean|use|hang} it}.",
              "I write to {|ask|remind you|tell you} about the {o}, which {|is still in the "
              "{place}|has {2-9} small scratches|my {relation} would like to {|see|buy|keep}|came "
              "without its {|lid|key|strap}}."),
    POT_TEXTS(
        "letter_next",
        "The garden has given us {12-80} {vegetable.1} and {a adj} {|pumpkin|marrow|melon} this "
        "{|summer|autumn|year}, {|more than we can eat|in spite of the {flock}|and not one rose}.",
        "{p=first} is {|well|{3-19} now|learning the {|flute|violin|trumpet}|working as {a job} in "
        "{town}}, and {|sends {p.3} love|asks after you every week|hopes to visit in {month}}.",
        "If it suits you, {|come on {weekday}|we could meet in {town}|I shall call at {1-11}} and "
        "{|bring your {relation}|stay for {2-9} days|we can talk about the {thing}}."),
    POT_TEXTS("letter_more",
              " The {flock} came back on {1-28} {month}, {|earlier than last year|in the "
              "rain|{12-90} of them}.",
              " Do you remember {first} {last}, {|the {job}|who kept {animal.1}|from {town}}? We "
              "met in the {place} and {|talked for hours|hardly knew each other}.",
              " Please {|return|keep|send on} the {adj} {thing} when you have {|finished with "
              "it|time|found its box}.",
              " The price of {|bread|{smell}|coal|paper} has gone up to {2-9} "
              "{|pounds|dollars|euros}, {|would you believe it|and nobody complains}.",
              " My {relation} has {|sold|painted|inherited} the {adj} {thing}, and {|now wants "
              "another|I am glad of it|we miss it already}.",
              " We have had {2-19} days of {|fog|frost|sun|rain}, and the {place} is {|full of "
              "{flock}|cold|as damp as a cellar}.",
              " Have you {|read|seen} the {|book|play|article} about {a job} who {|keeps "
              "{animal.1}|moves to {town}|cannot lie}?",
              " I enclose {12-99} {|stamps|seeds|photographs} and {a colour} ribbon for {first}.",
              " The new {job} {|is from {town}|has {2-5} children|plays the organ}, and "
              "{|everybody likes the change|the old one is not missed}."),

    /* --- news: p, t, o ----------------------------------------------------------------------- */
    POT_TEXTS("news_open",
              "{t=town}, {1-28} {month}. {p=first} {last}, {19-89}, {a job}, has "
              "{|sold|lost|found|given away|bought} {100-999} {adj} {o=thing.1}.",
              "{p=first} {last}, {19-89}, {job} in {t=town}, bought {a look} {building} at {2-999} "
              "{street} {way} for {123-987},000 {|pounds|euros}.",
              "{12-99} {animal.1} ran loose in {t=town} at {0-23}:{0-59:2} on {weekday} after "
              "{p=first} {last} dropped {a adj} {thing}.",
              "On {weekday}, {p=first} {last}, {19-89}, told the {t=town} {|council|court|school} "
              "about {a adj} {thing} and {12-99} {animal.1}.",
              "{p=first} {last} and {first} {last} won {2-99},{100-999} {|pounds|euros} in "
              "{t=town} with {a adj} {thing}."),
    POT_TEXTS(
        "news_next",
        "The {|police|council|owners|neighbours} {|knew nothing of it|were told at "
        "{0-23}:{0-59:2}|have asked for {2-9} days to reply|called it a surprise}.",
        "It is the {|second|third|fourth|fifth} {|such case|time|report of the kind} since "
        "{1975-2019}, when {|a similar story came from {town~t}|the {building} on {street} {way} "
        "was closed|{a job} from {town~t} was in the papers for weeks}.",
        "About {30-900} people {|came to watch|signed a letter|stood in the rain}, and {|the road "
        "was closed until {3-11} o'clock|{a job} sold them {smell} soup|no one was hurt}."),
    POT_TEXTS("news_said",
              "\"{remark},\" {|said|explained|added} {q=first~p} {last}, {|who lives next door|the "
              "{job}|{p.3} {friend}|for the council}.",
              "{^p.3} {friend}, {q=first~p} {last}, {|spoke of a misunderstanding|would not "
              "comment|was close to tears|has offered to help}: \"{remark}.\"",
              "Asked for {p.3} {|reasons|opinion|plans}, {p} {|smiled|pointed at the sky|read out "
              "a statement of {3-40} words}, and {q=first~p} {last} {|shut the door|took "
              "notes|began to sing}."),
    POT_TEXTS(
        "news_more",
        " A meeting is to be held on {weekday} at {1-11} in the {building} on {street} {way}.",
        " The {t} {|Gazette|Herald|Courier|Echo} first reported it on {1-28} {month}.",
        " {^a look} {building} nearby {|was not affected|will be used instead|has been closed for "
        "{2-9} weeks}.",
        " Costs are put at {12-990} thousand {|pounds|euros}, of which {town~t} will pay {|a "
        "third|half|a quarter|nothing}.",
        " {first} {last}, {20-89}, who was waiting for the bus, {|saw it all|heard a bang|noticed "
        "{a adj} {thing} in the road}.",
        " In {1921-1999} the same {|street was flooded|family won a prize|{job} bred {animal.1}}.",
        " {^a job} from {town~t} {|has doubts|was asked to help|offered {a adj} {thing} instead}.",
        " \"{remark},\" {|wrote a reader|said a visitor|read a sign in the window}.",
        " The {flock} {|did not seem to mind|left for the {place}|were back by {3-11} o'clock}.",
        " {q} and {p} {|have not spoken since|were at school together|will meet in court}."),

    /* --- questions and answers ------------------------------------------------------------------
     */
    POT_TEXTS("qa_open",
              "{first} {last}, {town}: How do I {fix} {a adj} {o=thing} from {1850-1999} that "
              "{fault} in my {place}?\nA: {qa_answer}",
              "Q: Are {12-99} {adj} {thing.1} worth {12-99} {adj} {o=thing.1}?\n({first} {last}, "
              "{town})\nA: {qa_price}",
              "{first} {last}, {12-89}, {town}: Can {12-99} {animal.1} live in {a look} {place} "
              "with {2-19} {animal.1}?\nA: {qa_animals}",
              "Q: Which bus goes from {2-999} {street} {way}, {town}, to {2-999} {street} {way}, "
              "{town}, at {0-23}:{0-59:2}?\nA: {qa_bus}"),
    POT_TEXTS(
        "qa_answer",
        "Begin with a soft brush and {20-90} ml of warm {|water|oil|soapy water}. If that does not "
        "help, {|ask {a job}|leave it for {2-9} days and try again|buy another {o}}.",
        "That depends on what it is made of. {^|copper|brass|silver|pine|leather} needs "
        "{|wax|patience|a dry room|nothing at all}; anything else {|can be washed|should be left "
        "alone|is not worth the work}."),
    POT_TEXTS("qa_price",
              "Not quite. In {town} the {o.1} fetched {12-99} {|pounds|euros} each in {1990-2023}, "
              "{|which was a record|and prices have fallen since|before costs}.",
              "Only to a collector. {first} {last}, {a job}, has {40-900} of both and would "
              "{|gladly swap|never sell|give them away}."),
    POT_TEXTS("qa_animals",
              "Yes, if they have {|water|shade|room to hide|company} and {2-30} kg of "
              "{|hay|grain|greens|feed} a {|day|week}. They should not be {|fed at night|left "
              "alone|moved in winter}.",
              "Only for {2-9} {|hours|days}. After that they {|fight|grow bored|need a run of "
              "{12-90} metres}, and the neighbours {|complain|move out|call the council}."),
    POT_TEXTS("qa_bus",
              "The {2-99}, which runs every {10-55} minutes until {|{7-11} in the "
              "evening|midnight}; change at the {|market|{building}|station} for {town}.",
              "None on {weekday}s. On other days take the {2-99} as far as {town} and walk the "
              "last {3-30} minutes {|along the river|uphill|past the {building}}."),
    POT_TEXTS("qa_more",
              "\nQ: When does the {building} in {street} {way} open?\nA: At {6-11}, except on "
              "{weekday}s, when it is closed {|all day|until noon|for cleaning}.",
              "\nQ: My {friend} {|keeps|collects|paints} {animal.1} and {thing.1}. Is that "
              "{|usual|expensive|allowed}?\nA: {|More than you think|In {town}, yes|It is in "
              "fashion again}.",
              "\nQ: What is {|the best|the quickest|the cheapest} way to get {|candle "
              "wax|ink|{smell} soup} out of {a colour} {|shirt|carpet|coat}?\nA: {|Salt, at "
              "once|Cold water and {2-12} hours|A good cleaner}.",
              "\nQ: How {|far|long a walk} is it from {x=town} to {town~x}?\nA: About {3-60} miles "
              "by {|road|the river|the old railway}.",
              "\nQ: Who was {first} {last}?\nA: {^a job} of {town}, born in {1790-1960}, known for "
              "{|{adj} {thing.1}|a quarrel with {first} {last}|a bridge over the {street}}.",
              "\nQ: Should {vegetable.1} be {|peeled|washed|kept} before they are "
              "{|frozen|cooked|sold}?\nA: {|Yes, and dried|It makes no difference|Only in summer}.",
              "\nQ: Why do {animal.1} {|sleep so much|sing at night|come into the {place}}?\nA: "
              "{|Nobody knows for certain|To keep warm|Because of the {|noise|light|weather}}."),

    /* --- diaries
       ---------------------------------------------------------------------------------- */
    POT_TEXTS("diary_open",
              "{1-28} {month} {1890-2024}, {0-23}:{0-59:2}. {2-60} {animal.1} by the {w=place}. "
              "{p=first} {last} came with {a adj} {o=thing}.",
              "{weekday}, {town}. Woke at {4-9}:{0-59:2}, {handled} {a adj} {o=thing}, met "
              "{p=first} {last} in the {w=place}, {2-60} {animal.1}.",
              "Left {town} at {0-23}:{0-59:2} with {p=first} {last}, {12-99} {animal.1} and {a "
              "adj} {o=thing}; in the {w=place} by {weekday}.",
              "Day {12-999}. {^|fog|frost|rain|sun|snow|hail|wind}, {2-29} degrees. {p=first} "
              "{last} {handled} {a adj} {o=thing} in the {w=place}. {12-99} {animal.1}."),
    POT_TEXTS(
        "diary_more",
        " The {o} {|is heavier than it looks|will not stay shut|reminds me of {town}|smells of "
        "{smell}}.",
        " {^|bread|fish|eggs|soup} and {x=vegetable.1} for {|supper|lunch|breakfast}, and no "
        "{vegetable.1~x} left in the {place}.",
        " Could not sleep for the {flock}, and {|read|walked|wrote letters} until {two_to_ten}.",
        " {p} {|says|thinks|is sure} that {|the roof will hold|{2-9} men could lift it|we shall "
        "have snow by {weekday}}.",
        " Paid the {job} {12-99} {|pounds|dollars|crowns} and {|was cheated|went home "
        "content|thought it fair}.",
        " {|Mended|Sold|Lost|Found} {a adj} {thing}, which {|took all morning|made {p} laugh|was a "
        "pity}.",
        " A letter from {first} {last}: {|nothing new|the {building} has burned down|{2-9} pages, "
        "all complaint|they are coming in {month}}.",
        " {^|walked|rode|rowed} as far as {town} and back, {4-30} miles, with {|wet feet|a "
        "headache|the wind behind us}.",
        " {^|saw|heard|counted} {2-60} {animal.1} {|beyond the {landmark}|near the road|at first "
        "light}.",
        " Must remember to {|oil the {|hinge|lock|wheel}|thank {first}|buy {|string|ink|lamp oil}} "
        "before {weekday}.",
        " In the evening we {|played cards|sang|argued about the {thing}} in the {w} until the "
        "{|lamp went out|fire was low|{job} complained}."),

    /* --- words
       -------------------------------------------------------------------------------------- */
    POT_WORDS("two_to_ten", 1, "two", "three", "four", "five", "six", "seven", "eight", "nine",
              "ten"),
    POT_WORDS("doing", 1, "peeling potatoes", "mending a bicycle", "waiting for the kettle",
              "reading the paper", "sweeping the steps", "packing for a journey",
              "feeding the hens", "looking for a pencil", "counting the change",
              "painting the fence", "half asleep", "late as usual"),
    POT_WORDS("smell", 1, "apple", "barley", "beetroot", "carrot", "celery", "fennel", "fish",
              "garlic", "ginger", "leek", "lemon", "lentil", "mint", "mushroom", "nutmeg", "onion",
              "orange", "parsnip", "pea", "pepper", "potato", "pumpkin", "rosemary", "sage",
              "spinach", "thyme", "tomato", "walnut"),
    POT_WORDS("flock", 1, "crows", "geese", "gulls", "rooks", "pigeons", "sparrows", "starlings",
              "swallows", "swans", "ducks", "jackdaws", "finches"),
    POT_WORDS("furniture", 1, "bench", "table", "sofa", "desk", "bed", "sideboard", "staircase",
              "bookcase", "dresser", "stove"),
    POT_TEXTS("remark", "Some things are better left alone", "It will never fit through the door",
              "I would have paid {12-99} {|pounds|dollars|euros} for that",
              "That is not how they do it in {town}", "You should have asked me first",
              "We will be late for the {two_to_ten} o'clock {|bus|train|ferry}",
              "My {relation} had {a thing} of the same kind", "There must be another one somewhere",
              "Nobody in {town} would believe it", "I could do with a cup of {|tea|coffee|soup}",
              "One of us will have to tell the {job}",
              "It looked {|larger|smaller|better} in {|the picture|the dark|the rain}",
              "I have heard stranger things in the {place}",
              "This is the last {|time|year|winter}, I promise"),
    POT_WORDS("whereis", 1, "Where are", "Who has", "Who took", "Who sold", "Who hid", "Who moved",
              "Who found", "Who lost", "Who used", "Who broke", "Who wants", "Who needs",
              "Have you got", "Have you seen", "Did you find", "Did you hide", "Did you sell",
              "Did you move"),
    POT_WORDS("whatsay", 1, "shall we say", "will you take", "would you pay", "is it worth",
              "how about", "will you give", "can I have", "do you want"),
    POT_WORDS("look", 1, "ancient", "bare", "big", "blue", "bright", "broad", "broken", "brown",
              "charming", "cheap", "clean", "cosy", "crooked", "crowded", "curious", "damp", "dark",
              "derelict", "dull", "elegant", "empty", "faded", "famous", "fine", "gloomy", "grand",
              "green", "grey", "handsome", "hidden", "high", "historic", "huge", "humble", "large",
              "little", "lonely", "lovely", "low", "modern", "modest", "mossy", "narrow", "neat",
              "new", "odd", "old", "ordinary", "pale", "peculiar", "plain", "pretty", "proud",
              "quaint", "quiet", "red", "restored", "ruined", "rustic", "shabby", "shady", "silent",
              "simple", "slender", "small", "solemn", "solid", "square", "stately", "steep",
              "strange", "sturdy", "sunny", "tall", "tidy", "tiny", "ugly", "unusual", "white",
              "windy", "wooden", "yellow"),
    POT_WORDS("landmark", 2, "arch|arches", "barn|barns", "bridge|bridges", "castle|castles",
              "chapel|chapels", "chimney|chimneys", "church|churches", "column|columns",
              "cottage|cottages", "crane|cranes", "cross|crosses", "dam|dams", "farm|farms",
              "fence|fences", "field|fields", "forge|forges", "fort|forts", "fountain|fountains",
              "garden|gardens", "gate|gates", "hedge|hedges", "hill|hills", "kiln|kilns",
              "lake|lakes", "mast|masts", "mill|mills", "obelisk|obelisks", "orchard|orchards",
              "palace|palaces", "pier|piers", "pond|ponds", "pylon|pylons", "quarry|quarries",
              "ruin|ruins", "shed|sheds", "silo|silos", "spire|spires", "stable|stables",
              "statue|statues", "temple|temples", "tomb|tombs", "tower|towers", "viaduct|viaducts",
              "villa|villas", "wall|walls", "well|wells", "windmill|windmills", "wood|woods"),
    POT_WORDS("building", 1, "abbey", "academy", "bakery", "bank", "brewery", "casino", "castle",
              "chapel", "church", "cinema", "clinic", "college", "cottage", "court", "dairy",
              "factory", "farm", "forge", "gallery", "garage", "granary", "hall", "hospital",
              "hostel", "hotel", "house", "inn", "library", "lodge", "mansion", "market", "mill",
              "museum", "nursery", "office", "palace", "pharmacy", "school", "shop", "station",
              "studio", "tavern", "temple", "theatre", "tower", "villa", "windmill"),
    POT_WORDS("vegetable", 2, "artichoke|artichokes", "bean|beans", "beetroot|beetroots",
              "cabbage|cabbages", "carrot|carrots", "chestnut|chestnuts", "cucumber|cucumbers",
              "gherkin|gherkins", "leek|leeks", "lentil|lentils", "marrow|marrows",
              "mushroom|mushrooms", "olive|olives", "onion|onions", "parsnip|parsnips", "pea|peas",
              "pepper|peppers", "potato|potatoes", "pumpkin|pumpkins", "radish|radishes",
              "shallot|shallots", "sprout|sprouts", "squash|squashes", "swede|swedes",
              "tomato|tomatoes", "turnip|turnips", "yam|yams", "apple|apples", "pear|pears",
              "plum|plums", "quince|quinces", "fig|figs"),
    POT_WORDS("herb", 1, "basil", "chervil", "chives", "coriander", "cress", "dill", "fennel",
              "lovage", "mint", "oregano", "parsley", "rosemary", "sage", "savory", "sorrel",
              "tarragon", "thyme"),
    POT_WORDS("spice", 1, "allspice", "cardamom", "cinnamon", "cloves", "cumin", "ginger", "mace",
              "mustard", "nutmeg", "paprika", "saffron", "turmeric"),
    POT_WORDS("fat", 1, "butter", "lard", "suet", "dripping", "olive oil", "margarine",
              "goose fat"),
    POT_WORDS("liquid", 1, "water", "milk", "stock", "cider", "beer", "broth", "cream", "juice"),
    POT_WORDS("dish", 1, "soup", "stew", "pie", "tart", "salad", "bake", "broth", "curry",
              "casserole", "hotpot", "omelette", "gratin"),
    POT_WORDS("egg", 1, "eggs", "limes", "lemons", "cloves", "figs", "rolls"),
    POT_WORDS("project", 1, "bench", "bird box", "bookshelf", "box", "chair", "cradle", "cupboard",
              "desk", "door", "easel", "fence", "frame", "gate", "hutch", "kennel", "ladder",
              "rack", "screen", "shelf", "shed", "sledge", "stand", "stool", "table", "tray",
              "trellis", "trough", "trunk"),
    POT_WORDS("wood", 1, "alder", "ash", "beech", "birch", "cedar", "cherry", "elm", "fir", "hazel",
              "larch", "lime", "maple", "oak", "pear", "pine", "plum", "spruce", "teak", "walnut",
              "willow", "yew"),
    POT_WORDS("fix", 1, "carry", "clean", "date", "dry", "dye", "glue", "hang", "mend", "move",
              "oil", "pack", "paint", "patch", "polish", "repair", "restore", "save", "sell",
              "send", "show", "store", "use", "value", "wash", "wax", "weigh", "wrap"),
    POT_WORDS("fault", 1, "squeaks", "leaks", "smells", "wobbles", "fades", "rattles", "sticks",
              "rusts", "cracks", "hums", "tilts", "sags", "bends", "drips", "clicks", "peels"),
    {NULL, 0, 0, NULL},
};
