/* Work that takes too long for the loop's thread, on libuv's pool. */
#include "main/background.h"

#include <string.h>

struct job {
    uv_work_t work; /* first: uv hands it back */
    struct program *program;
    void (*run)(void *argument);
    void (*done)(void *argument);
    void *argument;
};

static void on_work(uv_work_t *work) {
    struct job *job = (struct job *)work;
    job->run(job->argument);
}

/* Also of work that was cancelled because the program ends: its request is answered all the same.
 */
static void on_done(uv_work_t *work, int status) {
    struct job *job = (struct job *)work;
    struct program *program = job->program;
    void (*done)(void *) = job->done;
    void *argument = job->argument;
    (void)status;
    env_free(program->env, job);
    done(argument);
}

bool program_run_aside(void *context, void (*run)(void *argument), void (*done)(void *argument),
                       void *argument) {
    struct program *program = context;
    struct job *job = env_alloc(program->env, sizeof *job);
    if (job == NULL) {
        return false;
    }
    memset(job, 0, sizeof *job);
    job->program = program;
    job->run = run;
    job->done = done;
    job->argument = argument;
    if (uv_queue_work(&program->loop, &job->work, on_work, on_done) != 0) {
        env_free(program->env, job);
        return false;
    }
    return true;
}
