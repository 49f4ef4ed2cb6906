import { button } from "../ui/dom.ts";

const COPIED_MS = 2000;

/** Puts a button beside each command, which copies it; where a page may not copy, a press on a command selects it. */
export function offerCopies(section: HTMLElement): void {
  if (navigator.clipboard === undefined) return;
  for (const code of section.querySelectorAll("code[id]")) {
    const copy = button("Copy", async () => {
      const isCopied = await navigator.clipboard.writeText(code.textContent ?? "").then(
        () => true,
        () => false,
      );
      copy.textContent = isCopied ? "Copied" : "Select it";
      setTimeout(() => {
        copy.textContent = "Copy";
      }, COPIED_MS);
    });
    copy.ariaLive = "polite";
    copy.setAttribute("aria-describedby", code.id);
    code.closest(".command")?.append(copy);
  }
}
