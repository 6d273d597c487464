#include "core/population.h"

#include "base/check.h"
#include "base/int128.h"
#include "base/rfc3339.h"

enum {
    DAYS_OF_MONTH = 30,
    SLOTS_OF_MONTH = DAYS_OF_MONTH * POPULATION_SLOTS,
    /* A card that is declined is charged within a month, and dunning is over after two weeks more:
     * later ones would not have come to an end. */
    LAST_FAILURE_DAYS = 50,
    MEND_DAYS_MAX = 13,
    CANDIDATES = 24,
    SCORE_DAYS = 91,   /* between two scores */
    NEAR_PERCENT = 80, /* of a limit */
    PERMILLE = 1000,
};

/* Draws that belong to an account and a day, whoever asks first: parts of the seed. */
enum part { PART_SIGN_UPS = 1, PART_STEPS, PART_USE, PART_REST };

struct population population_default(void) {
    return (struct population){
        .days = 365,
        .years = 1,
        .accounts = {10000, 500, 200, 20},
        .cancelled_permille = 22,
        .downgraded_permille = 6,
        .failing_permille = 16,
        .mended_percent = 60,
        .returning_percent = 12,
        .scoring_permille = 60,
        .active_percent = 14,
        .start = {INT64_C(1735689600000)}, /* 2025-01-01T00:00:00Z */
    };
}

/* --- where --- */

static const struct {
    struct population_place place;
    unsigned percent;
} places[] = {
    {{"US", "America/New_York", "en", -5}, 22}, {{"US", "America/Los_Angeles", "en", -8}, 14},
    {{"DE", "Europe/Berlin", "de", 1}, 14},     {{"GB", "Europe/London", "en", 0}, 10},
    {{"FR", "Europe/Paris", "en", 1}, 6},       {{"IN", "Asia/Kolkata", "en", 5}, 7},
    {{"CA", "America/Toronto", "en", -5}, 5},   {{"BR", "America/Sao_Paulo", "en", -3}, 5},
    {{"NL", "Europe/Amsterdam", "en", 1}, 4},   {{"AT", "Europe/Vienna", "de", 1}, 3},
    {{"CH", "Europe/Zurich", "de", 1}, 3},      {{"JP", "Asia/Tokyo", "en", 9}, 4},
    {{"AU", "Australia/Sydney", "en", 10}, 3},
};

const struct population_place *population_place(const struct population_account *account) {
    check(account->place < ARRAY_LEN(places));
    return &places[account->place].place;
}

static_assert(ARRAY_LEN(places) <= UINT8_MAX, "an account has its place in a byte");

static uint8_t draw_place(struct prng *prng) {
    unsigned percent = (unsigned)prng_below(prng, 100);
    uint8_t at = 0;
    while (at + 1U < ARRAY_LEN(places) && percent >= places[at].percent) {
        percent -= places[at].percent;
        at++;
    }
    check(at < ARRAY_LEN(places));
    check(percent < places[at].percent); /* they are a hundred together */
    return at;
}

/* --- when: weights are percent of an ordinary working day --- */

static const uint8_t weekdays[] = {100, 108, 106, 102, 92, 40, 36}; /* from Monday */
static const uint8_t months[] = {96, 98, 104, 102, 100, 94, 84, 82, 106, 112, 114, 88};
/* Of the hours on the wall. */
static const uint8_t hours[24] = {14, 10,  8,   7,   8,   12, 24, 46, 78, 104, 118, 120,
                                  98, 112, 122, 120, 112, 96, 74, 58, 48, 40,  30,  20};

static_assert(ARRAY_LEN(weekdays) == 7, "a week");
static_assert(ARRAY_LEN(months) == 12, "a year");

static int weekday_of(int64_t day_since_1970) {
    return (int)((day_since_1970 % 7 + 10) % 7); /* 1970-01-01 was a Thursday */
}

static int64_t day_of(const struct population *model, int32_t slot) {
    check(slot >= 0);
    check(model->start.ms % duration_days(1).ms == 0); /* midnight */
    return model->start.ms / duration_days(1).ms + slot / POPULATION_SLOTS;
}

static int64_t hour_weight(const struct population_place *place, int hour_utc) {
    check(hour_utc >= 0);
    check(hour_utc < 24);
    check(place->utc_hours > -24);
    return hours[(hour_utc + place->utc_hours + 24) % 24];
}

/* A slot's share of the sign-ups of its year. */
static int64_t slot_weight(const struct population_run *run, int32_t slot) {
    static const uint8_t of_day[POPULATION_SLOTS] = {14, 26, 38, 22};
    int64_t day = day_of(run->model, slot);
    struct civil civil = civil_from_ms(day * duration_days(1).ms);
    struct prng prng = prng_split(run->seed + PART_SIGN_UPS, (uint64_t)slot);
    int64_t noise = 70 + (int64_t)prng_below(&prng, 61);
    return (int64_t)of_day[slot % POPULATION_SLOTS] * weekdays[weekday_of(day)] *
           months[civil.month - 1] * noise;
}

static_assert((int64_t)POPULATION_DAYS_MAX * POPULATION_SLOTS * POPULATION_YEARS_MAX <= INT32_MAX,
              "slots are counted in 32 bits");
static int64_t slots_of_year(const struct population *model) {
    check(model->days >= POPULATION_DAYS_MIN);
    check(model->days <= POPULATION_DAYS_MAX);
    return model->days * POPULATION_SLOTS;
}

int32_t population_slots(const struct population *model) {
    check(model->years >= 1);
    check(model->years <= POPULATION_YEARS_MAX);
    return (int32_t)(slots_of_year(model) * model->years);
}

static int64_t accounts_of_year(const struct population *model) {
    int64_t sum = 0;
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        check(model->accounts[tier] >= 0);
        check(model->accounts[tier] <= POPULATION_ACCOUNTS_MAX);
        sum += model->accounts[tier];
    }
    return sum;
}

static_assert((int64_t)POPULATION_ACCOUNTS_MAX * TIER_COUNT * POPULATION_YEARS_MAX <= INT32_MAX,
              "accounts are numbered in 32 bits");
int64_t population_accounts(const struct population *model) {
    return accounts_of_year(model) * model->years;
}

/* --- life --- */

void population_start(struct population_run *run, const struct population *model, uint64_t seed,
                      const int64_t limits[TIER_COUNT], struct population_account *accounts) {
    *run = (struct population_run){
        .model = model,
        .seed = seed,
        .prng = prng_split(seed, PART_STEPS),
        .accounts = accounts,
    };
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        check(limits[tier] >= 0);
        run->limits[tier] = limits[tier];
    }
    check(population_slots(model) > 0);
}

static void stand(struct population_run *run, struct population_account *account, enum tier tier) {
    check((unsigned)tier < TIER_COUNT);
    check(account->tier < TIER_COUNT);
    check(run->standing[account->tier] > 0); /* it is one of them */
    run->standing[account->tier]--;
    run->standing[tier]++;
    account->tier = (uint8_t)tier;
}

struct step {
    struct population_run *run;
    int32_t slot;
    void (*act)(void *context, const struct population_act *act);
    void *context;
};

static void act(const struct step *step, struct population_act of) {
    struct population_run *run = step->run;
    check((unsigned)of.kind < POPULATION_ACT_COUNT);
    check(of.account >= 0);
    check(of.account < run->count);
    of.card = (int)prng_below(&run->prng, POPULATION_CARDS);
    of.reason = (int)prng_below(&run->prng, POPULATION_REASONS);
    run->acts[of.kind]++;
    run->for_limits += of.is_for_limit;
    run->returns += of.is_return;
    step->act(step->context, &of);
}

/* --- sign-ups --- */

/* From 120 to some 120,000 requests in a month of which nothing is rested, as many of each order of
 * magnitude. */
static int64_t draw_usual(struct prng *prng) {
    return (120 + (int64_t)prng_below(prng, 120)) << prng_below(prng, 10);
}

static void sign_up(const struct step *step) {
    struct population_run *run = step->run;
    check(run->count < population_accounts(run->model)); /* for more there is no memory */
    int32_t at = run->count++;
    run->accounts[at] = (struct population_account){
        .since = step->slot,
        .usual = draw_usual(&run->prng),
        .place = draw_place(&run->prng),
        .tier = TIER_FREE,
    };
    run->standing[TIER_FREE]++;
    act(step, (struct population_act){.kind = ACT_SIGN_UP, .account = at, .tier = TIER_FREE});
}

/* The weights of a year are known when it begins, so that its shares come to all of it. */
static void weigh_year(struct population_run *run, int32_t slot) {
    int64_t slots = slots_of_year(run->model);
    if (slot % slots != 0) {
        return;
    }
    run->weight_of_year = run->weight_passed = 0;
    for (int64_t i = 0; i < slots; i++) {
        run->weight_of_year += slot_weight(run, slot + (int32_t)i);
    }
    check(run->weight_of_year > 0);
}

static void sign_ups(const struct step *step) {
    struct population_run *run = step->run;
    weigh_year(run, step->slot);
    run->weight_passed += slot_weight(run, step->slot);
    check(run->weight_passed <= run->weight_of_year);
    int64_t all = accounts_of_year(run->model);
    int64_t before = all * (step->slot / slots_of_year(run->model));
    int64_t due = before + (int64_t)((i128)all * run->weight_passed / run->weight_of_year);
    check(due <= population_accounts(run->model));
    while (run->count < due) {
        sign_up(step);
    }
    check(run->count >= due);
}

/* --- whom an upgrade is for --- */

static bool may_buy(const struct population_account *account, enum tier from) {
    return account->tier == from && account->state == ACCOUNT_STEADY;
}

/* Permille of its limit. */
static int64_t fullness(const struct population_run *run,
                        const struct population_account *account) {
    check(account->requests >= 0);
    int64_t limit = run->limits[account->tier];
    return limit == INT64_MAX || limit <= 0 ? 0 : account->requests * PERMILLE / limit;
}

/* The fullest of some that are drawn; -1 when there is none at all. */
static int32_t find_buyer(struct population_run *run, enum tier from) {
    int32_t best = -1;
    for (int i = 0; i < CANDIDATES && run->count > 0; i++) {
        int32_t at = (int32_t)prng_below(&run->prng, (uint64_t)run->count);
        const struct population_account *account = &run->accounts[at];
        bool is_better = may_buy(account, from) &&
                         (best < 0 || fullness(run, account) > fullness(run, &run->accounts[best]));
        best = is_better ? at : best;
    }
    for (int32_t at = 0; at < run->count && best < 0; at++) {
        best = may_buy(&run->accounts[at], from) ? at : -1;
    }
    check(best < 0 || may_buy(&run->accounts[best], from));
    return best;
}

/* One that had bought before, from a place that is drawn; -1 when there is none. */
static int32_t find_returning(struct population_run *run) {
    int32_t from = (int32_t)prng_below(&run->prng, (uint64_t)run->count + 1);
    for (int32_t i = 0; i < run->count; i++) {
        int32_t at = (from + i) % run->count;
        if (run->accounts[at].has_bought && may_buy(&run->accounts[at], TIER_FREE)) {
            return at;
        }
    }
    return -1;
}

static bool buy(const struct step *step, enum tier from, enum tier to) {
    struct population_run *run = step->run;
    check(to > from); /* nobody buys less */
    check(to != TIER_FREE);
    bool returns =
        from == TIER_FREE && prng_chance(&run->prng, (unsigned)run->model->returning_percent);
    int32_t at = returns ? find_returning(run) : -1;
    at = at < 0 ? find_buyer(run, from) : at;
    if (at < 0) {
        return false;
    }
    struct population_account *account = &run->accounts[at];
    enum population_act_kind kind = to == TIER_ENTERPRISE ? ACT_CONTRACT
                                    : from == TIER_FREE   ? ACT_SUBSCRIBE
                                                          : ACT_UPGRADE;
    struct population_act of = {
        .kind = kind,
        .account = at,
        .tier = to,
        .is_for_limit = fullness(run, account) >= NEAR_PERCENT * 10,
        .is_return = from == TIER_FREE && account->has_bought,
    };
    act(step, of);
    stand(run, account, to);
    account->has_card = account->has_bought = true;
    return true;
}

/* The curve: n / N of a year's slots are over, of which it bends upwards. */
static int64_t aimed(const struct population *model, enum tier tier, int32_t slot) {
    int64_t slots = slots_of_year(model);
    int64_t n = slot % slots + 1;
    int64_t of_year = model->accounts[tier];
    int64_t aim =
        of_year * (slot / slots) + of_year * n * (2 * slots + 3 * n) / (5 * slots * slots);
    check(aim >= 0);
    check(aim <= of_year * (slot / slots + 1)); /* reached as the year ends, and not before */
    check(n < slots || aim == of_year * (slot / slots + 1));
    return aim;
}

/* From the plan below where somebody is there, as two of three are, else from free. */
static void fill(const struct step *step, enum tier tier) {
    struct population_run *run = step->run;
    check(tier >= TIER_STARTER); /* there is a plan below */
    int64_t aim = aimed(run->model, tier, step->slot);
    bool is_done = false;
    while (run->standing[tier] < aim && !is_done) {
        /* Who was downgraded has made one too many there. */
        bool is_over =
            run->standing[tier - 1] > aimed(run->model, (enum tier)(tier - 1), step->slot);
        bool climbs = tier > TIER_STARTER && (is_over || prng_below(&run->prng, 3) != 0);
        bool has_bought = climbs && buy(step, (enum tier)(tier - 1), tier);
        is_done = !has_bought && !buy(step, TIER_FREE, tier) &&
                  !(tier > TIER_STARTER && buy(step, (enum tier)(tier - 1), tier));
    }
}

/* --- what goes wrong, and what ends --- */

static bool happens(struct population_run *run, int64_t permille_of_month) {
    check(permille_of_month >= 0);
    check(permille_of_month <= PERMILLE);
    return (int64_t)prng_below(&run->prng, (uint64_t)PERMILLE * SLOTS_OF_MONTH) < permille_of_month;
}

static bool may_fail(const struct population_run *run, int32_t slot) {
    return slot + LAST_FAILURE_DAYS * POPULATION_SLOTS < population_slots(run->model);
}

static void mend(const struct step *step, int32_t at) {
    struct population_account *account = &step->run->accounts[at];
    if (account->mends == 0 || account->mends > step->slot || !account->owes) {
        return;
    }
    account->state = ACCOUNT_STEADY;
    account->mends = 0;
    account->owes = false;
    act(step, (struct population_act){
                  .kind = ACT_CARD_MENDED, .account = at, .tier = (enum tier)account->tier});
}

static void turn(const struct step *step, int32_t at, enum population_act_kind kind, enum tier tier,
                 enum population_state state) {
    check(step->run->accounts[at].state == ACCOUNT_STEADY);
    check(state != ACCOUNT_STEADY);
    step->run->accounts[at].state = (uint8_t)state;
    act(step, (struct population_act){.kind = kind, .account = at, .tier = tier});
}

/* Of a hundred who answer, so many say this. */
static int draw_score(struct prng *prng) {
    static const uint8_t percent[] = {1, 1, 1, 2, 3, 6, 8, 14, 19, 24, 21};
    int left = (int)prng_below(prng, 100);
    int score = 0;
    while (left >= percent[score]) {
        left -= percent[score++];
        check(score < (int)ARRAY_LEN(percent));
    }
    check(score >= 0);
    check(score <= 10);
    return score;
}

static void say_score(const struct step *step, int32_t at) {
    struct population_run *run = step->run;
    struct population_account *account = &run->accounts[at];
    bool is_long_ago =
        account->scored == 0 || step->slot - account->scored >= SCORE_DAYS * POPULATION_SLOTS;
    if (account->tier != TIER_FREE && account->state == ACCOUNT_STEADY && is_long_ago &&
        happens(run, run->model->scoring_permille)) {
        account->scored = step->slot;
        act(step, (struct population_act){.kind = ACT_SCORE,
                                          .account = at,
                                          .tier = (enum tier)account->tier,
                                          .score = draw_score(&run->prng)});
    }
}

/* Contracts bind. */
static void live(const struct step *step, int32_t at) {
    struct population_run *run = step->run;
    const struct population *model = run->model;
    const struct population_account *account = &run->accounts[at];
    say_score(step, at);
    if (account->tier == TIER_FREE || account->tier == TIER_ENTERPRISE) {
        return;
    }
    if (account->state != ACCOUNT_STEADY) {
        mend(step, at);
    } else if (happens(run, model->cancelled_permille)) {
        turn(step, at, ACT_CANCEL, TIER_FREE, ACCOUNT_ENDING);
    } else if (account->tier == TIER_PROFESSIONAL && happens(run, model->downgraded_permille)) {
        turn(step, at, ACT_DOWNGRADE, TIER_STARTER, ACCOUNT_ENDING);
    } else if (may_fail(run, step->slot) && happens(run, model->failing_permille)) {
        turn(step, at, ACT_CARD_FAILS, (enum tier)account->tier, ACCOUNT_FAILING);
    }
}

void population_step(struct population_run *run, int32_t slot,
                     void (*do_act)(void *context, const struct population_act *act),
                     void *context) {
    struct step step = {run, slot, do_act, context};
    check(slot >= 0);
    check(slot < population_slots(run->model));
    check(do_act != NULL);
    for (int32_t at = 0; at < run->count; at++) {
        live(&step, at);
    }
    sign_ups(&step);
    for (int tier = TIER_ENTERPRISE; tier >= TIER_STARTER; tier--) {
        fill(&step, (enum tier)tier);
    }
    int64_t standing = 0;
    for (int tier = 0; tier < TIER_COUNT; tier++) {
        standing += run->standing[tier];
    }
    check(standing == run->count); /* everybody has one plan */
}

/* When the customer gives another card: within the days of dunning, or never. */
static int32_t plan_mending(struct population_run *run, int32_t slot) {
    if (!prng_chance(&run->prng, (unsigned)run->model->mended_percent)) {
        return 0;
    }
    return slot + POPULATION_SLOTS +
           (int32_t)prng_below(&run->prng, (MEND_DAYS_MAX - 1) * POPULATION_SLOTS);
}

void population_observe(struct population_run *run, int32_t at, int32_t slot, enum tier tier,
                        bool owes) {
    struct population_account *account = &run->accounts[at];
    check(at >= 0);
    check(at < run->count);
    check((unsigned)tier < TIER_COUNT);
    if (tier != (enum tier)account->tier) {
        account->state = ACCOUNT_STEADY; /* what was to end has ended */
        account->mends = 0;
        account->owes = false;
        stand(run, account, tier);
    } else if (owes && !account->owes) {
        account->owes = true;
        account->mends = plan_mending(run, slot);
    }
}

/* --- usage --- */

/* What somebody does with what they pay for: requests, beside that they do not rest any more; and
 * what is kept of them. */
static const int64_t tier_requests[TIER_COUNT] = {1, 1, 6, 40};
static const int64_t tier_size[TIER_COUNT] = {1, 5, 40, 200};

/* Requests of one hour. A month has some 22 working days of 1,500 percent hours. */
static int64_t requests_of(const struct population_account *account, int64_t day, int hour_utc,
                           struct prng *prng) {
    enum { WEIGHT_OF_MONTH = 22 * 1500 };
    const struct population_place *place = population_place(account);
    int64_t weight = hour_weight(place, hour_utc) * weekdays[weekday_of(day)] / 100;
    int64_t noise = 50 + (int64_t)prng_below(prng, 101);
    return account->usual * tier_requests[account->tier] * weight * noise / 100 / WEIGHT_OF_MONTH;
}

struct uses {
    struct population_use *list;
    size_t count;
};

static void add(struct uses *uses, enum metric metric, int hour, int64_t amount) {
    check(amount >= 0);
    check(hour >= 0);
    check(hour < POPULATION_HOURS);
    if (amount > 0 && uses->count < POPULATION_USES) {
        uses->list[uses->count++] = (struct population_use){metric, hour, amount};
    }
}

/* Free accounts rest most of the time; nobody rests who pays. */
static bool is_active(const struct population_run *run, int32_t at, int32_t slot) {
    const struct population_account *account = &run->accounts[at];
    struct prng prng = prng_split(run->seed + PART_REST, (uint64_t)at << 32 | (uint64_t)slot);
    int64_t weekday = weekdays[weekday_of(day_of(run->model, slot))];
    int hour = slot % POPULATION_SLOTS * POPULATION_HOURS + POPULATION_HOURS / 2;
    int64_t percent =
        run->model->active_percent * weekday * hour_weight(population_place(account), hour) / 10000;
    return account->tier != TIER_FREE || (int64_t)prng_below(&prng, 100) < percent;
}

/* What goes with requests: answers out, builds now and then, what is kept and who is there. */
static void add_rest(struct uses *uses, struct population_account *account, bool is_evening,
                     struct prng *prng) {
    int64_t scale = tier_size[account->tier];
    if (is_evening || account->tier >= TIER_PROFESSIONAL) { /* others tell once a day */
        add(uses, METRIC_BANDWIDTH, POPULATION_HOURS - 1,
            account->unanswered * (20 * 1024 + (int64_t)prng_below(prng, 60 * 1024)));
        account->unanswered = 0;
    }
    if (prng_chance(prng, 25)) {
        add(uses, METRIC_BUILD_MINUTES, (int)prng_below(prng, POPULATION_HOURS),
            60 + (int64_t)prng_below(prng, 600));
    }
    if (prng_chance(prng, 4)) {
        add(uses, METRIC_MODULES, 0, 1 + (int64_t)prng_below(prng, 1 + (uint64_t)scale));
        add(uses, METRIC_DEPLOYMENTS, 0, 1 + (int64_t)prng_below(prng, (uint64_t)scale));
        add(uses, METRIC_STORAGE, 0, account->usual * scale * 4096);
    }
}

static void count_month(struct population_account *account, int32_t slot, int64_t requests) {
    int32_t month = (slot - account->since) / SLOTS_OF_MONTH;
    check(requests >= 0);
    check(month >= account->month); /* asked in order */
    account->requests = month == account->month ? account->requests + requests : requests;
    account->month = month;
}

size_t population_use(struct population_run *run, int32_t at, int32_t slot,
                      struct population_use ret_uses[POPULATION_USES]) {
    check(at >= 0);
    check(at < run->count);
    struct population_account *account = &run->accounts[at];
    int64_t day = day_of(run->model, slot);
    struct uses uses = {ret_uses, 0};
    if (slot <= account->since || !is_active(run, at, slot)) {
        return 0;
    }
    struct prng prng = prng_split(run->seed + PART_USE, (uint64_t)at << 32 | (uint64_t)slot);
    bool is_hourly = account->tier >= TIER_PROFESSIONAL; /* others tell once a slot */
    int64_t requests = 0, untold = 0;
    for (int hour = 0; hour < POPULATION_HOURS; hour++) {
        int64_t one =
            requests_of(account, day, slot % POPULATION_SLOTS * POPULATION_HOURS + hour, &prng);
        requests += one;
        untold += one;
        if (is_hourly || hour == POPULATION_HOURS - 1) {
            add(&uses, METRIC_API_REQUESTS, hour, untold);
            untold = 0;
        }
    }
    count_month(account, slot, requests);
    account->unanswered += requests;
    if (requests > 0) {
        add_rest(&uses, account, slot % POPULATION_SLOTS == POPULATION_SLOTS - 1, &prng);
    }
    check(uses.count <= POPULATION_USES);
    return uses.count;
}
