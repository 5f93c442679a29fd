import type { Random, SampleKind } from './secretSamples';

const digits = '0123456789';
const small = 'abcdefghijklmnopqrstuvwxyz';
const capitals = small.toUpperCase();

const alphabets: Readonly<Record<string, string>> = {
  d: digits,
  x: `${digits}abcdef`,
  a: digits + small,
  A: digits + capitals,
  b: digits + small + capitals,
  u: `${digits}${small}${capitals}_-`,
  s: `${digits}${small}${capitals}+/`,
};

/**
 * Keys of services, as patterns: `{b40}` is 40 characters of base62, `d` of digits, `x` of hex, `a` and `A` of digits with
 * small letters and capitals, `u` of base64url, `s` of base64. Alternatives are separated by spaces.
 */
const patterns: readonly (readonly [name: string, pattern: string])[] = [
  [
    'Discord webhook',
    'https://discord.com/api/webhooks/{d19}/{u68} https://discordapp.com/api/v10/webhooks/{d18}/{u68}',
  ],
  [
    'Teams webhook',
    'https://acme.webhook.office.com/webhookb2/{x8}-{x4}-{x4}-{x4}-{x12}@{x8}-{x4}-{x4}-{x4}-{x12}/IncomingWebhook/{x32}/{x8}-{x4}-{x4}-{x4}-{x12}',
  ],
  [
    'Slack webhook',
    'https://hooks.slack.com/services/T{A10}/B{A10}/{b24} https://hooks.slack.com/triggers/T{A10}/{d13}/{x32}',
  ],
  ['Slack app token', 'xapp-1-A{A10}-{d13}-{x64}'],
  [
    'Slack tokens',
    'xoxb-{d12}-{d13}-{b24} xoxp-{d12}-{d12}-{d13}-{x32} xoxe.xoxp-1-{b166} xoxe-1-{b147} xoxc-{d12}-{d12}-{d13}-{x64}',
  ],
  ['Google Chat webhook', 'https://chat.googleapis.com/v1/spaces/{b11}/messages?key=AIza{b35}&token={b43}'],
  ['Cloudflare origin CA', 'v1.0-{x24}-{x146}'],
  ['Cloudflare tokens', 'cfut_{b40}{x8} cfat_{b40}{x8} cfk_{b40}{x8}'],
  ['Fly.io', 'fo1_{b43} fm1r_{s120}{b1}= fm2_{s160}{b1} fm2_{s160}{b1},fm2_{s120}{b1}='],
  ['Grafana', 'glsa_{b32}_{x8} glc_{b120} glc_eyJvIjoi{b90}== eyJrIjoi{b90}'],
  ['HashiCorp Vault', 'hvs.{b90} hvs.CAES{b90} hvb.{b150} hvr.{b90} s.{b24}'],
  ['Terraform', '{b14}.atlasv1.{b67}'],
  ['Pulumi', 'pul-{x40}'],
  ['RubyGems', 'rubygems_{x48}'],
  ['Sentry', 'sntryu_{x64} sntrys_eyJ{b150}={x1}_{b43} sntrys_eyJpYXQiO{b120}==_{s42}{b1}'],
  ['Square', 'sq0atp-{b22} sq0csp-{b43} EAAA{b60}'],
  ['LangSmith', 'lsv2_pt_{x32}_{x10} lsv2_sk_{x32}_{x10}'],
  ['Langfuse', 'sk-lf-{x8}-{x4}-{x4}-{x4}-{x12}'],
  ['GitLab', 'glpat-{b20} glptt-{x40} glrt-{b20} gldt-{b20} glcbt-{x2}_{b20} glagent-{b50} gloas-{x64} GR1348941{b20}'],
  ['GitLab, routable', 'glpat-{b27}.{a2}.{a2}{a7} glrt-t1_{b27}.{a2}.{a9} glpat-{u26}{b1}.{a9}'],
  ['Atlassian', 'ATATT3xFfGF0{b172}={A8} ATCTT3xFfGN0{b172}={A8} ATBB{b32}'],
  ['GitHub', 'ghp_{b36} gho_{b36} ghu_{b36} ghs_{b36} ghr_{b76} github_pat_{b22}_{b59}'],
  ['Shopify', 'shpat_{x32} shpca_{x32} shppa_{x32} shpss_{x32}'],
  ['PlanetScale', 'pscale_tkn_{b43} pscale_pw_{b43} pscale_oauth_{b20}.{b22}'],
  ['Docker', 'dckr_pat_{b27} dckr_oat_{b32}'],
  ['Linear', 'lin_api_{b40} lin_oauth_{x64}'],
  ['Notion', 'ntn_{d11}{b35} secret_{b43}'],
  ['Airtable', 'pat{b14}.{x64}'],
  ['HubSpot', 'pat-na1-{x8}-{x4}-{x4}-{x4}-{x12}'],
  ['Figma', 'figd_{b40}'],
  ['Brevo', 'xkeysib-{x64}-{b16}'],
  ['Mailgun', 'key-{x32}'],
  ['Mailchimp', '{x32}-us12'],
  ['SendGrid', 'SG.{b22}.{b43}'],
  ['Resend', 're_{b8}_{b24}'],
  ['New Relic', 'NRAK-{A27} NRII-{b32} NRJS-{x19}'],
  ['Dynatrace', 'dt0c01.{A24}.{A64}'],
  ['LaunchDarkly', 'sdk-{x8}-{x4}-{x4}-{x4}-{x12} api-{x8}-{x4}-{x4}-{x4}-{x12}'],
  ['Doppler', 'dp.pt.{b43} dp.st.dev.{b43}'],
  ['DigitalOcean', 'dop_v1_{x64} doo_v1_{x64} dor_v1_{x64}'],
  ['Scaleway', 'SCW{A17}'],
  ['Alibaba Cloud', 'LTAI{b20}'],
  ['Tencent Cloud', 'AKID{b32}'],
  ['Yandex', 'AQVN{b36}'],
  ['Plaid', 'access-sandbox-{x8}-{x4}-{x4}-{x4}-{x12} access-production-{x8}-{x4}-{x4}-{x4}-{x12}'],
  ['EasyPost', 'EZAK{b54} EZTK{b54}'],
  ['Shippo', 'shippo_live_{x40} shippo_test_{x40}'],
  ['Duffel', 'duffel_test_{b43}'],
  ['Flutterwave', 'FLWSECK_TEST-{x32}-X'],
  ['Razorpay', 'rzp_live_{b14}'],
  ['Stripe', 'sk_live_{b24} rk_test_{b99} sk_prod_{b30} whsec_{b32}'],
  ['PayPal', 'access_token$production${a16}${x32}'],
  ['Facebook', 'EAAC{b120} {d15}|{b27}'],
  ['Twitter bearer', 'AAAAAAAAAAAAAAAAAAAAAA{b80}'],
  ['Typeform', 'tfp_{b44}_{b14}'],
  ['Contentful', 'CFPAT-{b43}'],
  ['Frame.io', 'fio-u-{b64}'],
  ['Harness', 'pat.{b22}.{b24}.{b20}'],
  ['Infracost', 'ico-{b32}'],
  ['JFrog', 'AKCp{b69} cmVmd{b59}'],
  ['Octopus Deploy', 'API-{A26}'],
  ['OpenShift', 'sha256~{b43}'],
  ['Prefect', 'pnu_{b36}'],
  ['ReadMe', 'rdme_{a70}'],
  ['SettleMint', 'sm_aat_{b16} sm_pat_{b16}'],
  ['SonarQube', 'squ_{x40} sqp_{x40}'],
  ['Sourcegraph', 'sgp_{x40} sgp_{x16}_{x40}'],
  ['CircleCI', 'CCIPAT_{b22}_{x40}'],
  ['Buildkite', 'bkua_{x40}'],
  ['Tailscale', 'tskey-auth-{b16}-{b32}'],
  ['Vercel', 'vcp_{b56}'],
  ['Netlify', 'nfp_{b40}'],
  ['Render', 'rnd_{b32}'],
  ['Neon', 'napi_{a64}'],
  ['Supabase', 'sbp_{x40} sb_secret_{b22}_{b8}'],
  ['Pinecone', 'pcsk_{b6}_{b63}'],
  ['Tavily', 'tvly-dev-{b32}'],
  ['ElevenLabs', 'sk_{x48}'],
  ['LlamaCloud', 'llx-{b48}'],
  ['MaxMind', '{b6}_{b29}_mmk'],
  ['ClickHouse', '4b1d{b38}'],
  ['Authress', 'sc_{a12}.{a5}.acc-{a12}.{b44}'],
  ['Intra42', 's-s4t2ud-{x64}'],
  ['Adobe', 'p8e-{b32}'],
  ['Clojars', 'CLOJARS_{x60}'],
  ['NuGet', 'oy2{a43}'],
  ['1Password secret key', 'A3-{A6}-{A11}-{A5}-{A5}-{A5} A3-{A6}-{A6}-{A5}-{A5}-{A5}-{A5}'],
  ['Mapbox', 'sk.eyJ1{b60}.{b22}'],
  ['AWS session', 'ASIAZ3MSJV6K7BQTXW2P'],
  ['Amazon Bedrock', 'ABSK{s130}{b1}= bedrock-api-key-{b120}'],
  ['Azure DevOps', '{b76}AZDO{b4}'],
];

export const serviceKeyKinds: readonly SampleKind[] = patterns.map(([name, alternatives]) => ({
  name,
  minShare: 0.95,
  make: (random) => fill(pickOf(alternatives.split(' '), random), random),
}));

function pickOf(values: readonly string[], random: Random): string {
  return values[random.below(values.length)] ?? '';
}

function fill(pattern: string, random: Random): string {
  return pattern.replace(/\{(\w)(\d+)\}/g, (_, alphabet: string, length: string) =>
    random.text(alphabets[alphabet] ?? '', Number(length)),
  );
}
