/** What a site says of its network, in the environment. */

/** Proxies, certificates, registries. No cache is among them. */
export const SITE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(Deno.env.toObject())
    .filter(([name]) => /cert|proxy|^npm_config_registry$/i.test(name)),
);
