// The default catalogue as `GET /api/billing/plans` answers it.

const usd = (amount) => ({ amount, currency: 'usd' });
const GB = 1_000_000_000;
const MINUTE = 60;

function limits(modules, deployments, requests, gigabytes, minutes, collaborators) {
  const metered = (limit) => ({ limit, softLimitPercent: 110 });
  return {
    modules: metered(modules),
    deployments: metered(deployments),
    api_requests: metered(requests),
    bandwidth: metered(typeof gigabytes === 'number' ? gigabytes * GB : gigabytes),
    build_minutes: metered(typeof minutes === 'number' ? minutes * MINUTE : minutes),
    collaborators: metered(collaborators),
    storage: metered(null),
  };
}

const FEATURES = [
  ['public_modules', 0], ['basic_monitoring', 0],
  ['private_modules', 1], ['advanced_monitoring', 1], ['custom_domains', 1],
  ['team_management', 2], ['advanced_analytics', 2], ['sla_99_9', 2],
  ['custom_contracts', 3], ['on_premise_deployment', 3], ['compliance_features', 3],
];

function plan(rank, tier, name, month, year, planLimits, support) {
  return {
    tier,
    version: 1,
    name,
    prices: { month: month === null ? null : usd(month), year: year === null ? null : usd(year) },
    limits: planLimits,
    features: Object.fromEntries(FEATURES.map(([feature, from]) => [feature, rank >= from])),
    support,
  };
}

export const CATALOGUE = {
  currency: 'usd',
  plans: [
    plan(0, 'free', 'Free', 0, 0, limits(3, 2, 10_000, 1, 100, 1), 'Community'),
    plan(1, 'starter', 'Starter', 2900, 31320, limits(25, 10, 100_000, 10, 500, 3), 'E-mail'),
    plan(2, 'professional', 'Professional', 9900, 106920, limits(100, 50, 1_000_000, 100, 2000, 10), 'Priority e-mail'),
    plan(3, 'enterprise', 'Enterprise', null, null,
      limits('unlimited', 'unlimited', 'contract', 'contract', 'unlimited', 'unlimited'), '24/7 phone, dedicated account manager'),
  ],
};

export const planOf = (tier) => CATALOGUE.plans.find((item) => item.tier === tier);
