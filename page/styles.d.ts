/** Styles as text: see build-page.ts. */
declare module "*.css" {
  const styles: string;
  export default styles;
}
