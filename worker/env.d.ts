/** What wrangler.toml cannot declare: a secret that may be absent. */
interface Env {
  PUBLISH_TOKEN?: string;
}
