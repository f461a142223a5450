/* Sums in words and in figures, with correct results.  a .. f and n are numbers, p and q
 * persons, o a thing, u a unit.  Every "a + b = c" is checked by test_challenge_text. */
#include "challenge/tables.h"

const pot_rule pot_arithmetic_rules[] = {
    POT_TEXTS("genre", "{|{buy}|{pack}|{share}|{trip}|{shop}|{field}|{ages}|{wages}}{@problem}",
              "{step_open}{@step_more}", "{drill_open}{@drill_more}", "{unit_open}{@unit_more}",
              "{table_open}{@table_row}{table_end}", "{row_open}{@row_more}",
              "{solve_open}{@solve_more}", "{bill_open}{@bill_more}"),

    /* --- problems in words, with their solution ------------------------------------------- */
    POT_TEXTS("problem", "\n\n{buy}", "\n\n{pack}", "\n\n{share}", "\n\n{trip}", "\n\n{shop}",
              "\n\n{field}", "\n\n{ages}", "\n\n{wages}"),
    POT_TEXTS("buy",
              "{p=first} {last}, {a job} in {town}, had {a=112-998} {adj} {o=thing.1} and "
              "{|bought|found|was given|made} {b=112-998} more. How many {o.1} is that? {a} + {b} "
              "= {c=(a+b)}, so {p} has {c} {o.1}.",
              "{p=first} {last} of {town} had {a=512-998} {adj} {o=thing.1} and "
              "{|sold|lost|broke|gave away} {b=112-498} on {weekday}. How many are left? {a} - {b} "
              "= {c=(a-b)}. There are {c} {o.1} left.",
              "In {month} {1950-2024}, {p=first} {last} saw {a=112-998} {o=animal.1} near {town}; "
              "in {month}, {b=112-998} more. Together that makes {a} + {b} = {c=(a+b)} {o.1}."),
    POT_TEXTS("pack",
              "{p=first} {last} of {town} packs {a=102-998} {box} with {b=12-98} {adj} {o=thing.1} "
              "each and keeps {c=12-98}. How many {o.1} are there? {a} * {b} = {d=(a*b)}, and {d} "
              "+ {c} = {(d+c)}.",
              "{a=102-998} {box}, each with {b=12-98} {adj} {o=thing.1}, go from {town} to {first} "
              "{last}, {a job}. In all that is {a} * {b} = {d=(a*b)} {o.1}. If {c=12-98} of them "
              "are broken, {d} - {c} = {(d-c)} remain."),
    POT_TEXTS(
        "share",
        "Each of {a=12-98} {job.1} in {town} gets {b=112-998} {adj} {o=thing.1}, and {c=2-11} are "
        "left for {first} {last}. How many were there at first? {a} * {b} + {c} = {(a*b+c)} {o.1}.",
        "{p=first} {last} gives {b=112-998} {adj} {o=thing.1} to each of {a=12-98} {job.1} in "
        "{town}. That takes {a} * {b} = {d=(a*b)} {o.1}. Shared by {a} again, {d} / {a} = {b}, as "
        "it must be."),
    POT_TEXTS(
        "trip",
        "{p=first} {last} leaves {town} at {h=5-20}:{m=0-59:2} with {2-99} {animal.1} and "
        "{|walks|drives|cycles|rides} {t=12-178} minutes to {town}. The clock there then shows "
        "{((h*60+m+t)/60)}:{((h*60+m+t)%60):2}, since {t} minutes are {(t/60)} h {(t%60)} min.",
        "It is {a=112-998} km from {x=town} to {town~x}, and {p=first} {last}, {a job}, did "
        "{b=12-98} km by {0-23}:{0-59:2}. {^p.1} still has {a} - {b} = {(a-b)} km to go, and there "
        "and back would be 2 * {a} = {(2*a)} km."),
    POT_TEXTS("shop",
              "{p=first} {last} sells {a=102-998} {adj} {o=thing.1} at {b=12-98} "
              "{|pounds|dollars|euros} each and {c=12-98} {x=thing.1~o} at {d=12-98} each. {a} * "
              "{b} = {e=(a*b)} and {c} * {d} = {f=(c*d)}; together {e} + {f} = {(e+f)}.",
              "{^a adj} {o=thing} costs {a=102-998} {|pounds|dollars|euros} in {x=town} and "
              "{b=12-98} {|more|extra} in {y=town~x}, where {p=first} {last} buys {c=3-29}. One "
              "costs {a} + {b} = {d=(a+b)} there, and {c} cost {c} * {d} = {(c*d)}."),
    POT_TEXTS("field",
              "The {place} of {p=first} {last} in {town} is {a=102-998} m by {b=12-98} m, with "
              "{102-998} {animal.1}. Its area is {a} * {b} = {(a*b)} square metres; the fence "
              "around it is 2 * ({a} + {b}) = {(2*(a+b))} m long.",
              "{p=first} {last} of {town} paints {a=12-98} walls of {b=12-98} square metres and "
              "{102-998} {adj} {thing.1}. {a} * {b} = {d=(a*b)}. With {c=2-9} coats of {colour} "
              "the walls are {c} * {d} = {(c*d)} square metres of work."),
    POT_TEXTS(
        "ages",
        "{p=first} {last}, {a job}, is {a=31-79} years old; {q=first~p} {last}, {a job} in {town}, "
        "is {b=11-29} younger. {q} is {a} - {b} = {c=(a-b)}; together they are {a} + {c} = "
        "{(a+c)}.",
        "On {1-28} {month} {a=1902-1989} {p=first} {last} was born in {town}, and {b=18-39} years "
        "later {p.1} {|bought|sold} {102-998} {thing.1}. That year was {a} + {b} = {c=(a+b)}."),
    POT_TEXTS(
        "wages",
        "{p=first} {last}, {a job} in {town}, earns {a=1002-9998} {|pounds|dollars|euros} a week "
        "for {b=12-98} weeks and {c=1002-9998} more for {a adj} {thing}. The weeks bring {a} * {b} "
        "= {d=(a*b)}; with the {|rest|other sum|last sum}, {d} + {c} = {(d+c)}.",
        "For {a=12-98} hours at {b=12-98} {|pounds|euros}, {p=first} {last} of {town} mends "
        "{102-998} {adj} {o=thing.1}. {a} * {b} = {c=(a*b)}. Of this, {d=102-140} goes in tax: {c} "
        "- {d} = {(c-d)}."),

    /* --- step by step ----------------------------------------------------------------------- */
    POT_TEXTS(
        "step_open",
        "{p=first} {last} of {town} works out {a=102-998} * {b=12-98} + {c=1002-9998} - "
        "{d=102-998}.\nFirst, {a} * {b} = {e=(a*b)}.\nThen {e} + {c} = "
        "{f=(e+c)}.\n{|Finally|Last}, {f} - {d} = {(f-d)}.",
        "({a=102-998} + {b=102-998}) * {c=12-98} - {d=102-998}, as {p=first} {last}, {a job}, does "
        "it in {town}:\n{a} + {b} = {e=(a+b)}\n{e} * {c} = {f=(e*c)}\n{f} - {d} = {(f-d)}",
        "How much is {a=102-998} * {b=102-998} + {c=12-98} * {d=12-98}? {p=first} {last}, {a job} "
        "from {town}, says: {a} * {b} = {e=(a*b)} and {c} * {d} = {f=(c*d)}, so the sum is {e} + "
        "{f} = {(e+f)}.",
        "{p=first} {last}, {a job} in {town}, does {a=102-998} * {b=12-98} first and {c=12-98} * "
        "{d=102-998} later, splitting {b} into {(b/10*10)} and {(b%10)}. {a} * {(b/10*10)} = "
        "{e=(a*(b/10*10))}; {a} * {(b%10)} = {f=(a*(b%10))}; {e} + {f} = {(e+f)}. And {c} * {d} = "
        "{(c*d)}."),
    POT_TEXTS(
        "step_more",
        "\n\n{|Next|Now|Another one}: {a=102-998} + {b=102-998} + {c=102-998}. {a} + {b} = "
        "{d=(a+b)}, and {d} + {c} = {(d+c)}.",
        "\n\n{|Next|Now|Then}: ({a=512-998} - {b=102-498}) * {c=3-29}. In the brackets, {a} - {b} "
        "= {d=(a-b)}. Times {c}: {d} * {c} = {(d*c)}.",
        "\n\nAnd {a=12-98} * {b=12-98} - {c=12-98}? {a} * {b} = {d=(a*b)}; {d} - {c} = {(d-c)}.",
        "\n\n{|Half|One half} of {!a=112-998}{b=(2*a)} is {b} / 2 = {a}, and twice {a} is {b} "
        "again.",
        "\n\nThe square of {a=12-98} is {a} * {a} = {b=(a*a)}; {|add|adding} {a} gives {b} + {a} = "
        "{(b+a)}, which is {a} * {(a+1)}.",
        "\n\n{a=3-9}0 percent of {b=12-98}0: {b}0 / 10 = {b}, and {a} * {b} = {(a*b)}.",
        "\n\n{!a=12-98}{!b=12-98}Divide {c=(a*b)} by {a}. Since {a} * {b} = {c}, the answer is {c} "
        "/ {a} = {b}.",
        "\n\n{!d=3-29}The mean of {a=12-48}, {(a+d)} and {(a+2*d)} is {(a+d)}, because {a} + "
        "{(a+d)} + {(a+2*d)} = {e=(3*a+3*d)} and {e} / 3 = {(a+d)}.",
        "\n\n{first} {|wants|needs|sells} {a=12-98} dozen {thing.1}. {a} * 10 = {b=(a*10)}, {a} * "
        "2 = {c=(a*2)}, together {b} + {c} = {(b+c)}."),

    /* --- lines of sums ------------------------------------------------------------------------ */
    POT_TEXTS("drill_open",
              "{first} {last}, {town}:\n{a=102-998} + {b=102-998} = {(a+b)}\n{a=502-998} - "
              "{b=102-498} = {(a-b)}\n{a=102-998} * {b=12-98} = {(a*b)}",
              "{first} {last}, {a job}, does {|these|some} sums on {weekday}.\n{a=102-998} + "
              "{b=102-998} + {c=102-998} = {(a+b+c)}\n{a=502-998} - {b=102-498} = {(a-b)}",
              "{first} {last}, {a job}, page {n=12-98}\n{n}: {a=102-998} - {b=12-98} = "
              "{(a-b)}\n{(n+1)}: {a=1002-9998} + {b=102-998} = {(a+b)}\n{(n+2)}: {a=102-998} * "
              "{b=12-98} = {(a*b)}\n{(n+3)}: {a=102-998} + {b=12-98} = {(a+b)}",
              "Page {12-998}, for {first} {last} of {town}:\n{a=102-998} * {b=12-98} = "
              "{(a*b)}\n{a=102-998} + {b=102-998} = {(a+b)}\n{a=102-998} + {b=102-998} = {(a+b)}"),
    POT_TEXTS("drill_more", "\n{a=102-998} + {b=102-998} = {(a+b)}",
              "\n{a=502-998} - {b=102-498} = {(a-b)}", "\n{a=102-998} * {b=3-98} = {(a*b)}",
              "\n{!a=12-98}{!b=12-98}{(a*b)} / {a} = {b}",
              "\n{a=12-98} + {b=12-98} + {c=12-98} + {d=12-98} = {(a+b+c+d)}",
              "\n{a=1002-9998} + {b=102-998} = {(a+b)}",
              "\n{a=5002-9998} - {b=1002-4998} = {(a-b)}",
              "\n{a=12-98} * {b=12-98} + {c=12-98} = {(a*b+c)}",
              "\n({a=52-98} - {b=12-48}) * {c=12-98} = {((a-b)*c)}",
              "\n{c=2-9} * ({a=12-98} + {b=12-98}) = {(c*(a+b))}",
              "\n{!a=12-98}{!b=3-29}{!c=12-98}{(a*b)} / {b} + {c} = {(a+c)}",
              "\n{a=12-98:w} plus {b=12-98:w} is {(a+b):w}",
              "\n{a=52-98:w} minus {b=12-48:w} is {(a-b):w}",
              "\n{a=3-19:w} times {b=3-49:w} is {(a*b):w}",
              "\n{!a=3-19}{!b=3-49}{(a*b):w} divided by {a:w} is {b:w}",
              "\n{!a=12-98}{!b=12-48}{!c=2-11}{(a*b+b/c)} is {a} * {b} + {(b/c)}, so {(a*b+b/c)} - "
              "{(b/c)} = {(a*b)}",
              "\n{a=12-98} * {a} = {(a*a)}"),

    /* --- units ---------------------------------------------------------------------------------
     */
    POT_TEXTS("unit_open",
              "{first} {last} of {town} used {a=102-998} {u=length} of "
              "{|rope|wire|pipe|ribbon|tape|chain} for {b=12-98} {adj} {thing.1}. In {u.2}, {a} "
              "{u} are {a} * {u.1} = {(a*u)}.",
              "{first} {last} of {town} took {a=102-998} {u=duration} and {b=102-998} {x=mass} of "
              "{|clay|flour|sand|coal} to fill {12-98} {adj} {thing.1}. {a} {u} = {(a*u)} {u.2}; "
              "{b} {x} = {(b*x)} {x.2}.",
              "{a=102-998} {u=mass} of {|clay|flour|sand|coal} and {b=102-998} {x=volume} of "
              "{|water|milk|oil|paint} for {first} {last}, {job}, {2-999} {street} {way}. {a} {u} "
              "= {(a*u)} {u.2}, {b} {x} = {(b*x)} {x.2}.",
              "{first} {last}, {a job}, walked {a=102-998} {u=length} in {b=102-998} {x=duration} "
              "with {12-98} {animal.1}. {a} {u} = {(a*u)} {u.2}, and {b} {x} = {(b*x)} {x.2}."),
    POT_TEXTS(
        "unit_more", "\n{a=12-998} {u=length} = {(a*u)} {u.2}",
        "\n{a=12-998} {u=duration} = {(a*u)} {u.2}", "\n{a=12-998} {u=mass} = {(a*u)} {u.2}",
        "\n{a=12-998} {u=volume} = {(a*u)} {u.2}",
        "\nOne of the {u=length} is {u.1} {u.2}, so {a=12-98} of them are {a} * {u.1} = {(a*u)} "
        "{u.2}.",
        "\n{a=2-19} {u=duration} and {b=2-11} {u.2} make {a} * {u.1} + {b} = {(a*u+b)} {u.2}.",
        "\n{^a thing} of {a=2-19} {u=mass} and one of {b=2-19} weigh {c=(a+b)} {u} together, or "
        "{c} * {u.1} = {(c*u)} {u.2}.",
        "\n{first} {|pours|needs|drinks} {a=3-39} {u=volume} in {b=2-9} {|days|weeks}: {a} * {u.1} "
        "= {(a*u)} {u.2}.",
        "\n{!a=3-98}{!u=duration}In {(a*u)} {u.2} there are {a} {u}, for {(a*u)} / {u.1} = {a}."),
    POT_WORDS("length", 3, "feet|12|inches", "yards|3|feet", "fathoms|6|feet", "miles|1760|yards",
              "furlongs|220|yards", "chains|22|yards", "metres|100|centimetres",
              "centimetres|10|millimetres", "kilometres|1000|metres", "leagues|3|miles",
              "hands|4|inches"),
    POT_WORDS("duration", 3, "hours|60|minutes", "days|24|hours", "weeks|7|days",
              "minutes|60|seconds", "years|12|months", "decades|10|years", "fortnights|14|days"),
    POT_WORDS("mass", 3, "pounds|16|ounces", "stone|14|pounds", "kilograms|1000|grams",
              "tonnes|1000|kilograms", "grams|1000|milligrams"),
    POT_WORDS("volume", 3, "gallons|8|pints", "quarts|2|pints", "litres|1000|millilitres",
              "pints|2|cups", "barrels|36|gallons"),

    /* --- tables: s, what separates the columns --------------------------------------------------
     */
    POT_TEXTS("table_open",
              "{first} {last}, {town}, {1-28} {month} "
              "{1950-2024}{!s=bar}\nitem{s}price{s}number{s}total\n{adj} "
              "{thing.1}{s}{a=12-98}{s}{b=12-98}{s}{(a*b)}{!t=(a*b)}",
              "{first} {last}, {job}, {town}:{!s=bar}\nitem{s}each{s}count{s}total\n{adj} "
              "{thing.1}{s}{a=12-98}{s}{b=102-998}{s}{(a*b)}{!t=(a*b)}",
              "Goods of {first} {last}, {2-999} {street} {way}, "
              "{town}{!s=bar}\n{|name|kind|what}{s}each{s}pieces{s}sum\n{adj} "
              "{thing.1}{s}{a=12-98}{s}{b=12-98}{s}{(a*b)}{!t=(a*b)}"),
    POT_TEXTS("table_row", "\n{adj} {thing.1}{s}{a=2-98}{s}{b=2-98}{s}{c=(a*b)}{!t=(t+c)}"),
    POT_TEXTS("table_end", "\ntotal{s}{t}"),
    POT_WORDS("bar", 1, " - ", ", ", "; ", " / ", " : ", ",", ";", "\t"),

    /* --- number sequences
       ------------------------------------------------------------------------- */
    POT_TEXTS("row_open",
              "{p=first} {last} of {town} starts at {a=102-998} and adds {d=12-98}; {q=first~p} "
              "{last} doubles {b=12-98}.\n{p}: {a}, {(a+d)}, {(a+2*d)}, {(a+3*d)}, {(a+4*d)}\n{q}: "
              "{b}, {(2*b)}, {(4*b)}, {(8*b)}, {(16*b)}",
              "At {h=5-20}:{m=0-59:2} {first} {last}, {a job}, saw {a=102-998} {animal.1} in "
              "{town}, then {d=12-98} more every {2-59} minutes: {a}, {(a+d)}, {(a+2*d)}, "
              "{(a+3*d)}, {(a+4*d)}, {(a+5*d)}, ...",
              "Rule of {first} {last}: from {a=102-998}, add {d=12-98}, then {e=12-98}, in turn. "
              "Another, from {town}: from {b=5002-9998} take {c=12-98}.\n{a}, {(a+d)}, {(a+d+e)}, "
              "{(a+2*d+e)}, {(a+2*d+2*e)}, ...\n{b}, {(b-c)}, {(b-2*c)}, {(b-3*c)}, ..."),
    POT_TEXTS(
        "row_more",
        "\nFrom {a=12-998} in steps of {d=3-98}: {a}, {(a+d)}, {(a+2*d)}, {(a+3*d)}, {(a+4*d)}, "
        "{(a+5*d)}.",
        "\nDown from {a=602-998} by {d=12-98}: {a}, {(a-d)}, {(a-2*d)}, {(a-3*d)}, {(a-4*d)}.",
        "\nMultiples of {a=12-98}: {a}, {(2*a)}, {(3*a)}, {(4*a)}, {(5*a)}, {(6*a)}, {(7*a)}.",
        "\nSquares from {a=3-49}: {(a*a)}, {((a+1)*(a+1))}, {((a+2)*(a+2))}, {((a+3)*(a+3))}; the "
        "differences are {(2*a+1)}, {(2*a+3)}, {(2*a+5)}.",
        "\nTripled: {a=2-29}, {(3*a)}, {(9*a)}, {(27*a)}, {(81*a)}, and so on.",
        "\nEach is the sum of the two before it: {a=2-29}, {b=12-49}, {(a+b)}, {(a+2*b)}, "
        "{(2*a+3*b)}, {(3*a+5*b)}, {(5*a+8*b)}.",
        "\n{!d=3-49}What is missing in {a=12-98}, {(a+d)}, __, {(a+3*d)}, {(a+4*d)}? The step is "
        "{d}, so it is {(a+2*d)}.",
        "\nTerm number {n=12-48} is {b=102-998} + {(n-1)} * {d=3-19} = {(b+(n-1)*d)}, if the first "
        "is {b} and the step {d}."),

    /* --- equations with letters
       -------------------------------------------------------------------- */
    POT_TEXTS(
        "solve_open",
        "With x = {x=12-98}, y = {y=12-98}, z = {z=1002-9998}, {first} {last} of {town} finds "
        "{a=12-98}x + {b=12-98}y + z: {a} * {x} = {c=(a*x)}, {b} * {y} = {d=(b*y)}, and {c} + {d} "
        "+ {z} = {(c+d+z)}.",
        "{first} {last}, {a job} in {town}, writes u = {u=1002-9998}, v = {v=1002-9998}, w = "
        "{w=12-98}. Then u + v = {(u+v)}, u * w = {(u*w)} and v * w = {(v*w)}; so (u + v) * w is "
        "{(u*w)} + {(v*w)} = {(u*w+v*w)}.",
        "{first} {last}, {a job} in {town}, puts k = {k=102-998}, j = {j=12-98}, f(n) = {a=12-98}n "
        "+ {b=102-998}. Then f(j) = {a} * {j} + {b} = {(a*j+b)} and f(k) = {(a*k+b)}, since {a} * "
        "{k} = {c=(a*k)} and {c} + {b} = {(c+b)}. Last, f(2) = {(2*a+b)}."),
    POT_TEXTS("solve_more",
              "\n{!x=12-98}Solve {a=3-29}x + {b=12-98} = {c=(a*x+b)}. Take {b} away: {c} - {b} = "
              "{d=(a*x)}. Divide by {a}: {d} / {a} = {x}. So x = {x}.",
              "\nIf x + {b=12-98} = {c=102-998}, then x = {c} - {b} = {(c-b)}.",
              "\n{!x=12-98}From x / {a=3-19} = {b=12-98} it follows that x = {a} * {b} = {(a*b)}.",
              "\n{!x=32-98}{!y=3-29}The sum of two numbers is {a=(x+y)} and their difference is "
              "{b=(x-y)}. The larger is ({a} + {b}) / 2 = {x}, the smaller ({a} - {b}) / 2 = {y}.",
              "\n{!x=3-29}{a=2-9}(x + {b=3-29}) = {c=(a*(x+b))}: {c} / {a} = {(x+b)}, and {(x+b)} "
              "- {b} = {x}.",
              "\nCheck: {a=12-98} * {x=3-29} - {b=3-19} = {(a*x-b)}, as {a} * {x} = {(a*x)}.",
              "\nWith n = {n=12-98}, the sum 1 + 2 + ... + n is {n} * {(n+1)} / 2 = {(n*(n+1)/2)}.",
              "\n{first} thinks of a number, adds {a=12-98} and gets {b=102-998}. It was {b} - {a} "
              "= {(b-a)}."),

    /* --- bills: t, the running total in hundredths
       ------------------------------------------------- */
    POT_TEXTS("bill_open",
              "{first} {last}, {2-999} {street} {way}, {town}\nInvoice {1000-9999} of {1-28} "
              "{month} {2001-2024}{!t=(0)}",
              "Receipt {10000-99999}, {1-28} {month} {1981-2024}, {0-23}:{0-59:2}\n{street} {way} "
              "{|Stores|Market|Supplies}, {town}\nServed by {first} {last}{!t=(0)}",
              "To {first} {last} in {town}, for {adj} {thing.1} and {adj} {thing.1}, {1-28} "
              "{month} {1981-2024}:{!t=(0)}"),
    POT_TEXTS("bill_more",
              "\n{n=2-19} {adj} {thing.1} at {a=1-48}.{b=0-99:2} each: "
              "{(n*(a*100+b)/100)}.{(n*(a*100+b)%100):2}{!t=(t+n*(a*100+b))}. Sum so far: "
              "{(t/100)}.{(t%100):2}",
              "\n{n=2-9} hours of work at {a=12-98}.00: {(n*a)}.00{!t=(t+n*a*100)}. Sum so far: "
              "{(t/100)}.{(t%100):2}",
              "\n1 {thing}, {adj}: {a=1-98}.{b=0-99:2}{!t=(t+a*100+b)}. Sum so far: "
              "{(t/100)}.{(t%100):2}",
              "\nPostage to {town}: {a=3-19}.{b=0-99:2}{!t=(t+a*100+b)}. Sum so far: "
              "{(t/100)}.{(t%100):2}"),
    POT_WORDS("box", 1, "bags", "barrels", "baskets", "bowls", "boxes", "buckets", "cartons",
              "cases", "chests", "crates", "drawers", "jars", "sacks", "tins", "trays", "trunks"),
    {NULL, 0, 0, NULL},
};
