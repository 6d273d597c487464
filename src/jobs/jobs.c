#include "jobs/jobs.h"

#include "app/freeze.h"
#include "base/check.h"
#include "jobs/inside.h"

struct err jobs_create(struct cx *cx, const struct jobs_options *options, struct jobs **ret_jobs) {
    struct jobs *jobs = env_alloc_zeroed(cx->env, sizeof *jobs);
    if (jobs == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the jobs.");
    }
    jobs->options = *options;
    jobs->app = options->app;
    struct err err = outbox_worker_create(jobs);
    err = err_failed(err) ? err : webhook_worker_create(jobs);
    err = err_failed(err) ? err : mail_worker_create(jobs);
    err = err_failed(err) ? err : delivery_worker_create(jobs);
    err = err_failed(err) ? err : reconcile_worker_create(jobs);
    err = err_failed(err) ? err : key_walker_create(jobs);
    err = err_failed(err) ? err : retention_worker_create(jobs);
    err = err_failed(err) ? err : what_if_worker_create(jobs);
    err = err_failed(err) ? err : audit_look_worker_create(jobs);
    err = err_failed(err) ? err : parcel_worker_create(jobs);
    err = err_failed(err) ? err : audit_worker_create(jobs);
    err = err_failed(err) ? err : key_use_create(jobs);
    err = err_failed(err) ? err : usage_alert_worker_create(jobs);
    if (err_failed(err)) {
        jobs_destroy(jobs);
        return cx_fail(cx, err, "There is no memory for the jobs.");
    }
    struct tx tx = app_read(options->app, cx);
    struct freeze freeze;
    err = freeze_read(&tx, &freeze);
    jobs->starts_frozen = !err_failed(err) && freeze.is_frozen;
    *ret_jobs = jobs;
    return OK;
}

void jobs_stop(struct jobs *jobs) {
    if (jobs != NULL) {
        jobs->is_stopping = true;
    }
}

void jobs_destroy(struct jobs *jobs) {
    if (jobs == NULL) {
        return;
    }
    clock_destroy(jobs);
    outbox_worker_destroy(jobs);
    webhook_worker_destroy(jobs);
    mail_worker_destroy(jobs);
    delivery_worker_destroy(jobs);
    reconcile_worker_destroy(jobs);
    key_walker_destroy(jobs);
    retention_worker_destroy(jobs);
    what_if_worker_destroy(jobs);
    audit_look_worker_destroy(jobs);
    parcel_worker_destroy(jobs);
    audit_worker_destroy(jobs);
    key_use_destroy(jobs);
    usage_alert_worker_destroy(jobs);
    env_free(jobs->app->env, jobs);
}

void jobs_poke(struct jobs *jobs) {
    jobs->is_stirred = false;
    if (jobs->is_stopping) {
        return;
    }
    outbox_worker_poke(jobs);
    webhook_worker_poke(jobs);
    mail_worker_poke(jobs);
    delivery_worker_poke(jobs);
    reconcile_worker_poke(jobs);
    key_walker_poke(jobs);
    retention_worker_poke(jobs);
    what_if_worker_poke(jobs);
    audit_look_worker_poke(jobs);
    schedule_poke(jobs);
    parcel_worker_poke(jobs);
    audit_worker_poke(jobs);
    key_use_poke(jobs);
    usage_alert_worker_poke(jobs);
    clock_poke(jobs);
}

void jobs_poke_stirred(struct jobs *jobs) {
    if (jobs->is_stirred) {
        jobs_poke(jobs);
    }
}

bool jobs_turn(struct jobs *jobs) {
    return parcel_worker_turn(jobs);
}

void jobs_run_due(struct jobs *jobs) {
    schedule_run_due(jobs);
    if (jobs->options.world.run_due != NULL) {
        jobs->options.world.run_due(jobs->options.world.context);
    }
}

bool jobs_are_idle(struct jobs *jobs) {
    const struct jobs_world *world = &jobs->options.world;
    bool is_world_quiet = world->is_quiet == NULL || world->is_quiet(world->context);
    return jobs->outbox_waiting == 0 && jobs->webhooks_waiting == 0 && jobs->mails_waiting == 0 &&
           jobs->deliveries_waiting == 0 && flights_busy(&jobs->deliveries) == 0 &&
           jobs->commands == 0 && !jobs->is_reconciling && !jobs->is_walking_keys &&
           !jobs->is_purging && !jobs->is_trying && !jobs->is_checking &&
           !parcel_worker_is_busy(jobs) && flights_busy(&jobs->reconciling) == 0 &&
           flights_busy(&jobs->mails) == 0 && flights_busy(&jobs->outbox) == 0 &&
           flights_busy(&jobs->webhooks) == 0 && !audit_worker_is_busy(jobs) &&
           !usage_alert_worker_is_busy(jobs) && writer_pending(jobs->app->writer) == 0 &&
           is_world_quiet;
}

bool jobs_are_quiet(struct jobs *jobs) {
    return jobs_are_idle(jobs) && schedule_next_due_ms(jobs) > app_now(jobs->app).ms;
}

size_t jobs_pending(const struct jobs *jobs) {
    return flights_busy(&jobs->outbox) + flights_busy(&jobs->webhooks);
}
