/**
 * A refusal as a page for people. It needs nothing but itself, and has no style, as the Content-Security-Policy allows
 * none inline and the files' names change with each build.
 */
export function problemPage(problem: { title: string; status: number; detail: string; code: string }): string {
  const title = escaped(problem.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Plotcast</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escaped(problem.detail)}</p>
<p><a href="/c/main">Go to /c/main</a></p>
<p><small>${problem.status} <code>${escaped(problem.code)}</code></small></p>
</main>
</body>
</html>
`;
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
