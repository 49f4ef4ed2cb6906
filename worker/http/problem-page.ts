/** Where the look of a refusal is: beside the page, by a name that does not change. Without it the page reads as well. */
const STYLES = "/problem.css";

interface ShownProblem {
  title: string;
  status: number;
  detail: string;
  code: string;
}

/** A refusal as a page for people, which needs nothing but itself: what went wrong, and what to do. */
export function problemPage({ title, status, detail, code }: ShownProblem): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Plotcast</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${STYLES}">
</head>
<body>
<header><img src="/favicon.svg" alt="" width="24" height="24"><strong>Plotcast</strong></header>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(detail)}</p>
<p class="next">${nextStep(status, code)}</p>
<p class="code">${status} <code>${escaped(code)}</code></p>
</main>
</body>
</html>
`;
}

/** What is to be done about it, where the page can lead there. */
function nextStep(status: number, code: string): string {
  // What comes of too much at once, or of a fault of ours, may be over by now.
  if (status >= 429) return '<a class="button" href="">Try again</a> <a href="/c/main">Go to /c/main</a>';
  // Whatever else is asked for by this name is refused, too.
  if (code === "host-not-allowed") return '<a class="button" href="">Try again</a> once that is set.';
  return '<a class="button" href="/c/main">Go to /c/main</a>';
}

const ENTITIES: Partial<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML, in an element or in an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
