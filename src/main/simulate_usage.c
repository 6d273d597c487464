/* What accounts use, as CloudEvents in batches: what a platform would report every six hours. */
#include <inttypes.h>

#include "base/rfc3339.h"
#include "main/simulate.h"

enum { BATCH_EVENTS = 2000, BATCH_BYTES = 1024 * 1024 };

static void counted(struct simulation *simulation, const json_t *answer) {
    simulation->report.events += json_i64(answer, "accepted", 0);
    simulation->report.events_rejected += json_i64(answer, "rejected", 0);
}

static struct err flush(struct simulation *simulation) {
    if (simulation->event_count == 0) {
        return OK;
    }
    buf_add_char(&simulation->events, ']');
    struct simulate_request request = {
        .method = "POST",
        .target = STR("/api/usage/events"),
        .body = buf_str(&simulation->events),
        .type = STR("application/cloudevents-batch+json"),
    };
    if (simulation->events.has_failed) {
        return cx_fail(simulation->cx, ERR(ERR_NO_MEMORY), "There is no memory for events.");
    }
    simulate_send(simulation, &request, counted);
    struct err err = simulate_wait(simulation);
    buf_clear(&simulation->events);
    simulation->event_count = 0;
    return err;
}

static const char *region_of(const struct population_account *account) {
    static const char *const regions[] = {"us-east", "eu-central", "ap-south"};
    int hours = population_place(account)->utc_hours;
    return regions[hours < -1 ? 0 : hours < 3 ? 1 : 2];
}

static void add(struct simulation *simulation, int32_t account, struct str user_id,
                const struct population_use *use) {
    const struct population_account *of = &simulation->run.accounts[account];
    struct instant slot = simulate_slot_start(simulation, simulation->slot);
    struct instant at = instant_add(slot, duration_hours(use->hour));
    char time[RFC3339_SIZE];
    /* Minutes and seconds that tell accounts apart. */
    rfc3339_format(at.ms + (int64_t)(account % 3600) * 1000, time);
    buf_printf(&simulation->events,
               "%c{\"specversion\":\"1.0\",\"id\":\"%" PRId32 "-%" PRId64
               "\",\"source\":\"platform\",\"type\":\"%s\",\"subject\":\"" STR_FMT
               "\",\"time\":\"%s\",\"data\":{\"%s\":%" PRId64 ",\"region\":\"%s\"}}",
               simulation->event_count == 0 ? '[' : ',', simulation->slot,
               simulation->event_number++, metric_name(use->metric), STR_ARG(user_id), time,
               metric_kind(use->metric) == METRIC_GAUGE ? "set" : "value", use->amount,
               region_of(of));
    simulation->event_count++;
}

struct err simulate_usage(struct simulation *simulation) {
    struct population_run *run = &simulation->run;
    struct population_use uses[POPULATION_USES];
    simulation->event_number = 0;
    for (int32_t account = 0; account < run->count; account++) {
        size_t count = population_use(run, account, simulation->slot, uses);
        struct str user_id = count == 0 ? STR("") : simulate_user_id(simulation, account);
        for (size_t i = 0; i < count; i++) {
            add(simulation, account, user_id, &uses[i]);
        }
        if (simulation->event_count >= BATCH_EVENTS) {
            TRY(flush(simulation));
        }
    }
    return flush(simulation);
}
