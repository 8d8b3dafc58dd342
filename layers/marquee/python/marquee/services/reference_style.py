"""How the reference page looks, by day and by night."""

STYLE = """\
:root{color-scheme:light dark;--line:light-dark(#ddd,#333);
--soft:light-dark(#f5f5f7,#1c1c20);--accent:light-dark(#06c,#6bf)}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:1rem 1.25rem 6rem}
h1{font-size:1.8rem;margin:1rem 0 0}
h2{border-bottom:1px solid var(--line);margin:2.5rem 0 .5rem;text-transform:capitalize}
h3{font-size:.95rem;margin:1rem 0 .25rem}small{font-weight:normal;opacity:.8}
a{color:var(--accent)}nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
code,pre{font:.875em/1.45 ui-monospace,monospace}
pre{background:var(--soft);border-radius:.4rem;margin:.25rem 0;max-height:24rem;overflow:auto;padding:.75rem}
details{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;padding:.5rem .75rem;scroll-margin-top:1rem}
summary{cursor:pointer;overflow-wrap:anywhere}summary i{opacity:.75}
summary b{display:inline-block;min-width:4.2rem}
.get{color:light-dark(#06c,#6bf)}.post{color:light-dark(#070,#7d7)}.delete{color:light-dark(#b00,#f88)}
.patch,.put{color:light-dark(#850,#db6)}
.who{border:1px solid var(--line);border-radius:1rem;font-size:.75rem;padding:.05rem .5rem}
table{border-collapse:collapse;display:block;font-size:.9rem;margin:.75rem 0;overflow-x:auto}
th,td{border-bottom:1px solid var(--line);padding:.3rem .9rem .3rem 0;text-align:left;vertical-align:top}
:target{background:light-dark(#fff3c4,#443a10)}
"""
