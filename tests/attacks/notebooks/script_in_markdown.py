"""Writes scripts into its answer, in every way that Markdown has; the code is right."""

COMES_OUT = {}

TEXT = r"""
<script>alert(1)</script> <img src=x onerror=alert(1)> <svg/onload=alert(1)>
< script>alert(1)</script> <SCRIPT SRC=//example.org/x.js></SCRIPT> <a href="javascript:alert(1)">a</a>
<iframe srcdoc="<script>alert(1)</script>"> <style>@import '//example.org'</style> <!-- --><script>
<details open ontoggle=alert(1)> <math><mi xlink:href="javascript:alert(1)">x</mi></math> <?x <script>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](java&#115;cript:alert(1)) [d](&#x6A;avascript:alert(1))
[e](javascript&colon;alert(1)) [g]( javascript:alert(1)) [h](<javascript:alert(1)>)
[i](vbscript:msgbox(1)) [j](data:text/html;base64,PHNjcmlwdD4=) ![k](javascript:alert(1)) [l](java	script:alert(1))
[m](jav&Tab;ascript:alert(1)) [n](jav&NewLine;ascript:alert(1)) [o](\javascript:alert(1)) [q](&#1;javascript:alert(1))
![r](x "\" onerror=\"alert(1)") [s](x "onmouseover=alert(1)") ![t" onerror="alert(1)](x) [u](x' onclick='alert(1))
[v](data&colon;text/html,<script>alert(1)</script>) <javascript:alert(1)> [w][ref] [x][ref2]

[ref]: javascript:alert(1)
[ref2]: <javascript&#58;alert(1)> "title\" onclick=\"alert(1)"

$\href{javascript:alert(1)}{x}$ $\unicode{<script>}$ $$\class{a" onclick="alert(1)}{x}$$ $\cssId{x}{y}$
$\style{background:url(javascript:alert(1))}{x}$ $\require{action}$ $\data{x=y}{z}$ $a<script>alert(1)</script>b$
\(\href{javascript:alert(1)}{x}\) \[\href {javascript:alert(1)}{x}\] \begin{equation}\href{javascript:alert(1)}{x}\end{equation}
$\text{<img src=x onerror=alert(1)>}$ $\def\h{\href}\h{javascript:alert(1)}{x}$ $\let\h\href\h{javascript:alert(1)}{x}$

`` ` <script>alert(1)</script> `` ``<script>alert(1)</script>``

```html" onclick="alert(1)
<script>alert(1)</script>
```

```<script>alert(1)</script>
x
```

| <script>alert(1)</script> |
| --- |
| <img src=x onerror=alert(1)> |

\<script>alert(1)\</script> &lt;script&gt;alert(1)&lt;/script&gt; <\u0073cript>alert(1)</script>

```html
<script>alert(1)</script>
"""


def hand_in(nb, folder):
    for cell in nb["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = TEXT + cell["source"] + TEXT
    new = {"cell_type": "markdown", "metadata": {}, "id": 'x" onclick="alert(1)', "source": TEXT}
    nb["cells"] = [new, *nb["cells"], {**new, "id": "<script>alert(1)</script>"}]
    return nb
