/* The test clock moves in steps: to the next moment at which anything falls due, there everything
 * runs until it is quiet, and on, until the target is reached. Each step is stored before it is
 * taken, so that a restart never finds itself before what has already happened. */
#include "app/maintenance.h"
#include "base/check.h"
#include "jobs/inside.h"

struct clock_advance {
    struct maintenance store; /* first: the command hands it back */
    struct jobs *jobs;
    struct instant target, next;
    bool is_storing;
    void (*done)(void *context, int outcome);
    void *context;
};

static void end(struct jobs *jobs, int outcome) {
    struct clock_advance *advance = jobs->advance;
    jobs->advance = NULL;
    advance->done(advance->context, outcome);
    env_free(jobs->app->env, advance);
}

static void stored(struct command *command) {
    struct clock_advance *advance = (struct clock_advance *)command;
    struct jobs *jobs = advance->jobs;
    advance->is_storing = false;
    if (err_failed(command->write.err)) {
        end(jobs, (int)command->outcome);
        return;
    }
    env_clock_set(jobs->options.clock, advance->next.ms);
    jobs_run_due(jobs);
    jobs_poke(jobs);
}

void clock_fail(struct jobs *jobs, enum outcome outcome) {
    if (jobs->advance != NULL && !jobs->advance->is_storing) {
        end(jobs, (int)outcome);
    }
}

static struct instant next_step(struct jobs *jobs) {
    const struct jobs_world *world = &jobs->options.world;
    int64_t next = schedule_next_due_ms(jobs);
    int64_t outside = world->next_due_ms == NULL ? INT64_MAX : world->next_due_ms(world->context);
    int64_t mail = mail_worker_next_due_ms(jobs);
    int64_t delivery = delivery_worker_next_due_ms(jobs);
    int64_t audit = audit_worker_next_due_ms(jobs);
    int64_t alert = usage_alert_worker_next_due_ms(jobs);
    next = outside < next ? outside : next;
    next = mail < next ? mail : next;
    next = delivery < next ? delivery : next;
    next = audit < next ? audit : next;
    next = alert < next ? alert : next;
    next = next < app_now(jobs->app).ms ? app_now(jobs->app).ms : next;
    return instant_earlier((struct instant){next}, jobs->advance->target);
}

void clock_poke(struct jobs *jobs) {
    struct clock_advance *advance = jobs->advance;
    if (advance == NULL || advance->is_storing || !jobs_are_idle(jobs)) {
        return;
    }
    /* What an answer has made due at this very instant: no tick comes while the clock stands. */
    if (schedule_next_due_ms(jobs) <= app_now(jobs->app).ms) {
        schedule_run_due(jobs);
        return;
    }
    if (app_now(jobs->app).ms >= advance->target.ms) {
        end(jobs, OUTCOME_DONE);
        return;
    }
    advance->next = next_step(jobs);
    advance->is_storing = true;
    advance->store.kind = MAINTENANCE_CLOCK;
    advance->store.from = advance->next;
    advance->store.command.done = stored;
    maintenance_start(jobs->app, &advance->store);
}

void jobs_advance(struct jobs *jobs, struct instant to, void (*done)(void *context, int outcome),
                  void *context) {
    check(jobs->options.clock != NULL);
    struct clock_advance *advance = NULL;
    if (jobs->advance != NULL) {
        done(context, OUTCOME_CLOCK_BUSY);
    } else if (instant_is_before(to, app_now(jobs->app))) {
        done(context, OUTCOME_CLOCK_BACKWARD);
    } else if ((advance = env_alloc(jobs->app->env, sizeof *advance)) == NULL) {
        done(context, OUTCOME_STORE_BUSY);
    } else {
        *advance =
            (struct clock_advance){.jobs = jobs, .target = to, .done = done, .context = context};
        jobs->advance = advance;
        jobs_run_due(jobs);
        jobs_poke(jobs);
    }
}

void clock_destroy(struct jobs *jobs) {
    env_free(jobs->app->env, jobs->advance);
    jobs->advance = NULL;
}
