"""Notes of our own making that hold, in small, what goes wrong in real ones."""

import json

JEKYLL_POST = """\
---
layout: post
title: Notes on trees
date: 2023-02-31 10:00:00
# tags: draft hidden
categories: forests
---

<h3> Beginnings </h3>
A tree splits the data by one feature at a time.

<h3>Endings </h3>
- **Leaf**: holds a value.
- **Stump**: a tree with one split.
<!--
<h3>Old text</h3>
- **Root**: nobody should see this.

$$
\\begin{equation}
a = b
\\end{equation}
$$ -->

Last words.

<!-- **Bark**:
**Moss**:

--- -->
"""

README_OF_QUESTIONS = """\
# Tree_Questions
Asked in the woods

See [a map](https://example.org/map?a=b[1]#:~:text=Oak%20(Quercus)) first.

### Leaves

1. What is a leaf?

2. What is a [twig](https://example.org/twig_(botany)https://example.org/twig_(botany))?

2. Oak or elm?

TLDR; Oak when in doubt.

* Bark:
* Moss:
"""

NOTION_EXPORT = """\
# Woodland

### Contents

1. Height
2. Growth

---

## Height

- **Mean height**

    $$h = \\frac{\\text{\\# metres}}{\\text{\\# trees}}$$

    $$a = b \\\\
    ~~~~~~~~~~~~= c \\\\
    ~~~~= d < e$$

    - **L**ow **A**nd **W**ide
    - pure G**rowth Rate** <b>counts</b>

    ```coffeescript
    **Tree   Height**
    <b>oak</b>   30
    ```

    ![https://example.org/oak.png](https://example.org/oak.png)
- **Empty one**

---

# References

1. [https://example.org/a](https://example.org/a)
"""

BLOG_OF_QUESTIONS = """\
---
layout: post
title: Questions about trees.
tags: ["woods","notes"]
---

# How tall is it?

# Why A\\* and not B\\*?
Because “it” finds 𝐀𝐱 = 𝐛 (see [this](https://example.org/x).

######################## Hasta aquí lo de siempre

Various:
\t- one tab
        ◦ a hollow bullet

SECOND PART

# https://example.org/only
"""

_ANCHOR = (
    '<a class="anchor" aria-label="{0} permalink" href="#{0}">'
    '<svg viewBox="0 0 8 8"><path d="M1 1h2v2z"></path></svg></a>'
)

GATSBY_HTML = (
    f'<h2 id="oaks" style="position:relative;">{_ANCHOR.format("oaks")}Oaks</h2>\n'
    "<p>Taller when age &#x3C; 90 -> still growing 🌳, see "
    '<a href="https://example.org/?a=1&#x26;b=2">the list</a>]</p>\n'
    f'<h3 id="elms">{_ANCHOR.format("elms")}'
    '<a href="https://example.org/elm_(tree)">Elms</a></h3>\n'
    '<p><span class="gatsby-resp-image-wrapper">\n'
    '  <a href="/static/elm.jpg" class="gatsby-resp-image-link">\n'
    "  <span style=\"background-image: url('data:image/jpeg;base64,/9j/2wBD')\"></span>\n"
    '  <img src="/static/elm.jpg" title="An elm" alt="An elm" />\n  </a>\n</span></p>\n'
    '<ul><li><p><strong>Bark</strong>: rough</p>\n<div class="gatsby-highlight">'
    '<pre class="language-text"><code>- **Note**: 1 = smooth\n'
    '- **Note**: 0 = rough</code><span class="line-numbers-rows" aria-hidden="true">'
    "<span></span><span></span></span></pre></div>\n</li></ul>\n"
    '<div><pre class="language-python"><code>grow<span class="token">(</span>tree'
    '<span class="token">[</span><span class="token">2</span><span class="token">]</span>'
    '<span class="token">)</span>\nx <span class="token">&amp;</span> y</code></pre></div>'
)


def gatsby_page(html: str = GATSBY_HTML, indent: int | None = None) -> str:
    """A page-data file around some HTML."""
    page = {
        "componentChunkName": "component---post",
        "path": "/woods/",
        "result": {
            "data": {
                "site": {"siteMetadata": {"title": "A site of trees", "author": "Nobody"}},
                "markdownRemark": {
                    "id": "1",
                    "excerpt": "A teaser that is no content",
                    "html": html,
                    "frontmatter": {"title": "Woods", "tags": ["trees", "woods"]},
                },
            },
            "pageContext": {
                "previous": {"frontmatter": {"title": "Before"}, "html": "<p>Not mine</p>"},
                "next": {"frontmatter": {"title": "After"}},
            },
        },
    }
    return json.dumps(page, ensure_ascii=False, indent=indent)


SAVED_PAGE = """\
<!DOCTYPE html>
<html><head><title>Trees | A site</title><style>p { color: red }</style></head>
<body>
<nav>Home About</nav>
<header><h1>A site</h1></header>
<main>
<h1>Trees<a class="headerlink" href="#trees">¶</a></h1>
<p>Tall   &amp; wide,
old&nbsp;too.</p>
</main>
<aside>Buy a tree</aside>
<footer>Imprint</footer>
<script>track("trees")</script>
</body></html>
"""
