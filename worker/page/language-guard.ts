/**
 * uPlot makes an `Intl.NumberFormat` of `navigator.language` when it is imported, and that throws where the
 * browser's language is no language tag: Chromium says `en-US@posix` on a machine with the POSIX locale.
 * Import this before it.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
}
