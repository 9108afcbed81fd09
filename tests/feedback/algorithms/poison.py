"""Texts that break analysers."""

POISON = {
    "a megabyte": "The app is great. " * 60_000,
    "one word of a megabyte": "a" * 1_000_000,
    "open tags": "<a " * 100_000,
    "control characters": "".join(map(chr, range(32))) * 100,
    "NUL": "bad\x00app\x00" * 100,
    "right to left": "هذا التطبيق سيء جدا \u202e abc \u202c עברית",
    "emoji alone": "😡👩‍👩‍👧‍👦🇩🇪❤️🏳️‍🌈" * 50,
    "markup": "<script>alert('x')</script><p style='a'>It <b>broke</b> &amp; burned</p>",
    "many languages": "Привет 你好 こんにちは 안녕 γεια सलाम สวัสดี ជំរាបសួរ ሰላም გამარჯობა բարեւ İstanbul ǅ ß ﬁ",
    "combining marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "lone surrogates": "\ud800 broken \udfff",
    "separators": "good\x1fbad\x1f\x1e\x1d",
    "marks": "!?!?!?...((((:)))" * 1000,
    "digits": "1234567890" * 10_000,
}
