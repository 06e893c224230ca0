"""Filter expressions that the service accepts, and ones that it rejects, for both parsers."""

from __future__ import annotations

# Each has the form of an example in the developer guide, or in AWS's samples.
ACCEPTED = (
    'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")',
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($TYPE)",
    'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream")',
    'EXCLUDE itemId WHERE INTERACTIONS.event_type in ("*")',
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)",
    "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN (*)",
    'EXCLUDE ItemID WHERE Items.L1 IN ("shoe") AND Items.L2 NOT IN ("boot")',
    "INCLUDE ItemID WHERE Items.PRICE <= $PRICE OR Items.CREATION_TIMESTAMP > -12.5",
    "INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN CurrentItem.GENRE",
    "EXCLUDE ItemID WHERE Items.GENRE IN ($G) IF CurrentUser.AGE = $AGE AND CurrentUser.PAYS != 0",
    'INCLUDE ItemID WHERE Items.GENRE IN ("Comedy") IF CURRENTUSER.GENDER = "F"',
    "INCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ($TYPE)",
    "INCLUDE ActionID WHERE Actions.VALUE > ($VALUE)",
    "EXCLUDE ActionID WHERE Actions.VALUE < ($VALUE) IF CurrentUser.MEMBERSHIP = $PREMIUM",
    "EXCLUDE UserID WHERE Users.AGE < $AGE",
    'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click", "rating")',
    'INCLUDE ItemID WHERE Items.C IN ($C) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("like") ',
    'INCLUDE ItemID WHERE Items.A > 1 IF CurrentUser.B = 1 | EXCLUDE ItemID WHERE Items.C IN ("x")',
    'INCLUDE ItemID WHERE Items.NAME IN ("a (b) | c, $d")',
    'INCLUDE ItemID\n  WHERE Items.GENRE IN ("a",\n"b")\n',
    "INCLUDE ItemID WHERE " + " OR ".join(f"Items.F{n} > 1" for n in range(10)),
    "INCLUDE ItemID WHERE Items.A>1 AND Items.B<=2 AND Items.C IN(1)",
)

# Each with the place of the first error: the text from there on.
REJECTED = {
    "": "",
    "DROP ItemID": "DROP ItemID",
    "INCLUDE": "",
    "INCLUDE ItemID": "",
    "INCLUDE Item WHERE Items.A IN (1)": "Item WHERE Items.A IN (1)",
    "INCLUDE ItemID IF Items.A IN (1)": "IF Items.A IN (1)",
    "INCLUDE ItemID WHERE GENRE IN (1)": "GENRE IN (1)",
    "INCLUDE ItemID WHERE Films.A IN (1)": "Films.A IN (1)",
    "INCLUDE ItemID WHERE (Items.A IN (1))": "(Items.A IN (1))",
    'INCLUDE ItemID WHERE Items.A IN ("a") AND Interactions.EVENT_TYPE IN ("b")': (
        'Interactions.EVENT_TYPE IN ("b")'
    ),
    "INCLUDE ItemID WHERE Interactions.DEVICE IN (1)": "Interactions.DEVICE IN (1)",
    "INCLUDE ItemID WHERE CurrentUser.AGE > 18": "CurrentUser.AGE > 18",
    "INCLUDE ItemID WHERE Items.A > 1 IF Items.A > 2": "Items.A > 2",
    "INCLUDE ItemID WHERE Items.A > 1 IF CurrentUser.B > 2 OR CurrentUser.C > 3": "OR CurrentUser.C > 3",
    "INCLUDE ItemID WHERE Items.A > 1 IF CurrentUser.B > 2 IF CurrentUser.C > 3": "IF CurrentUser.C > 3",
    "INCLUDE ItemID WHERE Items.A IN (*)": "*)",
    "INCLUDE ItemID WHERE Interactions.EVENT_TYPE = *": "*",
    "INCLUDE ItemID WHERE Items.A NOT IN ($A)": "$A)",
    "INCLUDE ItemID WHERE Items.A NOT > 1": "> 1",
    "INCLUDE ActionID WHERE Actions.REPEAT_FREQUENCY > 1": "Actions.REPEAT_FREQUENCY > 1",
    "INCLUDE ItemID WHERE Items.A LIKE (1)": "LIKE (1)",
    "INCLUDE ItemID WHERE Items.A == 1": "= 1",
    "INCLUDE ItemID WHERE Items.A > (1, 2)": "2)",
    "INCLUDE ItemID WHERE Items.A IN (horror)": "horror)",
    "INCLUDE ItemID WHERE Items.A IN ('horror')": "'horror')",
    "INCLUDE ItemID WHERE Items.A IN (\u201chorror\u201d)": "\u201chorror\u201d)",
    "INCLUDE ItemID WHERE Items.A IN ()": ")",
    "INCLUDE ItemID WHERE Items.A IN (1": "",
    "INCLUDE ItemID WHERE Items.A IN (1 2)": "2)",
    "INCLUDE ItemID WHERE Items.A IN (1) 2": "2",
    "INCLUDE ItemID WHERE Items.A IN (1) |": "",
    "| INCLUDE ItemID WHERE Items.A IN (1)": "| INCLUDE ItemID WHERE Items.A IN (1)",
    'INCLUDE ItemID WHERE Items.A IN ("open)': '"open)',
    "INCLUDE ItemID WHERE " + " OR ".join(f"Items.F{n} > 1" for n in range(11)): None,
}
