/** What wrangler.toml does not declare: secrets that may be absent, and rate limits that a deployment may add. */
interface Env {
  PUBLISH_TOKEN?: string;
  ADMIN_TOKEN?: string;
  JWT_SECRETS?: string;
  READ_LIMIT?: RateLimit;
  WRONG_TOKEN_LIMIT?: RateLimit;
}
