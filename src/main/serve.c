#include "main/serve.h"

#include <stdio.h>
#include <string.h>

#include "app/invitation.h"
#include "main/program.h"

/* As long as nobody operates, each start prints a link that makes the first operator. */
static void say_set_up(struct command *command) {
    const struct setup_link *link = (struct setup_link *)command;
    struct program *program = command->context;
    if (command->outcome == OUTCOME_CREATED) {
        printf("turnpike: nobody operates yet; the first does through " STR_FMT
               "/set-up#%s, once, within a day\n",
               STR_ARG(program_base_url(program)), link->token);
        fflush(stdout);
    }
}

/* One line that people and scripts wait for. */
static void say_listening(struct program *program) {
    struct str url = program_base_url(program);
    printf("turnpike: listening on " STR_FMT "\n", STR_ARG(url));
    if (program->sandbox != NULL) {
        printf("turnpike: payments go to the built-in sandbox at " STR_FMT "\n",
               STR_ARG(program->provider_url));
    }
    fflush(stdout);
    struct setup_link *link = program->context;
    link->command.context = program;
    link->command.done = say_set_up;
    setup_link(&program->app, link);
}

static struct err run(struct cx *cx, struct program *program, const struct serve_options *options) {
    struct err err = program_open(program, cx->env, options);
    err = err_failed(err) ? err : program_start(program);
    err = err_failed(err) ? err : program_run(program);
    memcpy(cx->detail, program->cx.detail, sizeof cx->detail);
    program_close(program);
    return err;
}

struct err serve_run(struct cx *cx, const struct serve_options *options) {
    struct setup_link link = {.token = ""};
    struct program program = {.ready = say_listening, .context = &link, .listens_on_network = true};
    return run(cx, &program, options);
}

/* --- a server on the unix socket alone, for one command --- */

struct guest {
    struct cx *cx;
    cli_with_server *run;
    void *context;
    uv_thread_t thread;
    uv_async_t done;
    char socket_path[256];
};

static void run_guest(void *argument) {
    struct guest *guest = argument;
    guest->run(guest->cx, guest->socket_path, guest->context);
    (void)uv_async_send(&guest->done);
}

static void on_guest_done(uv_async_t *done) {
    struct program *program = done->data;
    struct guest *guest = program->context;
    (void)uv_thread_join(&guest->thread);
    program_stop(program);
}

static void start_guest(struct program *program) {
    struct guest *guest = program->context;
    guest->done.data = program;
    (void)snprintf(guest->socket_path, sizeof guest->socket_path, "%s",
                   program_socket_path(program));
    if (uv_async_init(&program->loop, &guest->done, on_guest_done) != 0 ||
        uv_thread_create(&guest->thread, run_guest, guest) != 0) {
        program->failure =
            cx_fail(&program->cx, ERR(ERR_NO_MEMORY), "The command could not be started.");
        program_stop(program);
    }
}

struct err with_server_run(struct cx *cx, const char *data_dir, cli_with_server *callback,
                           void *context) {
    struct serve_options options = {.data_dir = data_dir, .listen = STR("127.0.0.1:0")};
    struct guest guest = {.cx = cx, .run = callback, .context = context};
    struct program program = {.ready = start_guest, .context = &guest};
    struct err err = program_open(&program, cx->env, &options);
    err = err_failed(err) ? err : program_start(&program);
    err = err_failed(err) ? err : program_run(&program);
    if (err_failed(err)) { /* else cx is the guest's, and says what became of it */
        memcpy(cx->detail, program.cx.detail, sizeof cx->detail);
    }
    program_close(&program);
    return err;
}
