/* The parts are those of a server; only the way between them is a queue in memory
 * (net/http_inside.h) in place of the loop. */
#include "main/driven.h"

#include "main/load.h"
#include "net/http_inside.h"
#include "sandbox/sandbox.h"

struct err program_start_driven(struct program *program) {
    struct cx *cx = &program->cx;
    if (uv_loop_init(&program->loop) != 0) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "The event loop could not be started.");
    }
    program->has_loop = true; /* handles are hung into it, which never runs but to close them */
    TRY(http_inside_create(cx, program->env, &program->inside));
    TRY(program_open_payments(program));
    TRY(program_open_web(program));
    http_inside_serve(program->inside, STR(DRIVEN_URL), program->server, false);
    http_inside_serve(program->inside, STR(DRIVEN_LOCAL_URL), program->server, true);
    http_inside_serve(program->inside, STR(DRIVEN_SANDBOX_URL), sandbox_server(program->sandbox),
                      false);
    TRY(program_load_journal(program, cx, program->writing));
    TRY(program_load_customers(program));
    return program_announce(program);
}

static void poke(struct program *program) {
    if (program->app.has_news) {
        program->app.has_news = false;
        jobs_poke(program->jobs);
    } else {
        jobs_poke_stirred(program->jobs);
    }
}

bool program_turn(struct program *program) {
    bool has_moved = false;
    while (http_inside_step(program->inside)) {
        has_moved = true;
    }
    has_moved |= api_turn(program->api);
    has_moved |= jobs_turn(program->jobs);
    has_moved |= writer_step(program->writer);
    has_moved |= writer_deliver(program->writer) > 0;
    poke(program);
    if (!has_moved && !sandbox_is_quiet(program->sandbox)) {
        sandbox_run_due(program->sandbox); /* in place of its timer */
        has_moved = true;
    }
    return has_moved;
}
