/** The look of the reference: one column on a phone, contents beside the text on a wide screen; light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #161616; --soft: #525252; --paper: #fff; --field: #f4f4f4; --line: #e0e0e0; --link: #0043ce; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f4f4f4; --soft: #c6c6c6; --paper: #161616; --field: #262626; --line: #393939; --link: #78a9ff; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
a { color: var(--link); }
main { max-width: 58rem; padding: 1.5rem 1rem 4rem; }
nav { padding: 1rem; border-bottom: 1px solid var(--line); font-size: .875rem; }
nav h2 { font-size: .875rem; margin: 1rem 0 .25rem; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .125rem 0; }
nav li a { text-decoration: none; }
h1 { margin: 0 0 .5rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
section { border-bottom: 1px solid var(--line); padding-bottom: 1.5rem; }
h3 { margin: 2rem 0 .25rem; }
h4 { margin: 1rem 0 .25rem; font-size: .875rem; color: var(--soft); }
code, pre { font: .875em/1.45 ui-monospace, "SFMono-Regular", monospace; background: var(--field); }
code { padding: .0625rem .25rem; border-radius: 2px; }
pre { padding: .75rem; overflow-x: auto; white-space: pre; overflow-wrap: normal; }
pre code { padding: 0; }
.address { font-size: 1rem; }
.method { font-weight: 600; }
.soft { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th { text-align: left; color: var(--soft); font-weight: 600; }
th, td { padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
td:first-child { white-space: nowrap; }
.d1 { padding-left: 1rem; } .d2 { padding-left: 2rem; } .d3 { padding-left: 3rem; } .d4 { padding-left: 4rem; } .d5 { padding-left: 5rem; }
details summary { cursor: pointer; color: var(--soft); font-size: .875rem; }
@media (min-width: 64rem) {
  body { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
  nav { height: 100vh; position: sticky; top: 0; overflow-y: auto; border-right: 1px solid var(--line); border-bottom: 0; }
  main { padding: 2rem 3rem 6rem; }
}
@media print { nav { display: none; } }
`;
