/** The look of the pages on which people log in: one narrow column, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #161616; --soft: #525252; --paper: #fff; --field: #f4f4f4; --line: #8d8d8d; --link: #0043ce; --bad: #a2191f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f4f4f4; --soft: #c6c6c6; --paper: #161616; --field: #262626; --line: #8d8d8d; --link: #78a9ff; --bad: #ff8389; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
main { max-width: 34rem; margin: 0 auto; padding: 3rem 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
ul { padding: 0; list-style: none; }
li { margin: .5rem 0; }
.choice, button { display: block; width: 100%; padding: .75rem 1rem; font: inherit; text-align: left; text-decoration: none; color: var(--ink); background: var(--field); border: 1px solid var(--line); cursor: pointer; }
label { display: block; margin-top: 1rem; font-size: .875rem; color: var(--soft); }
input { display: block; width: 100%; padding: .625rem; font: inherit; color: var(--ink); background: var(--field); border: 1px solid var(--line); }
button { margin-top: 1rem; font-weight: 600; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre { font: .9375em/1.5 ui-monospace, "SFMono-Regular", monospace; background: var(--field); }
pre { padding: 1rem; white-space: pre-wrap; user-select: all; }
.passcode { font-size: 1.5rem; font-weight: 600; }
.soft { color: var(--soft); font-size: .875rem; }
.bad { border-left: 4px solid var(--bad); padding-left: 1rem; }
`;
