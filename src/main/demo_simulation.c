#include "main/demo_simulation.h"

#include <stdio.h>

#include "main/simulate.h"

enum { FILE_MAX = 64 * 1024, OPERATORS_MAX = 100, CONFLICT = 409, CREATED = 201 };

static struct err read_shown(struct cx *cx, const json_t *tree,
                             struct demo_simulation *ret_simulation) {
    const json_t *shown = json_at(tree, "shown");
    const json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(shown, i, one) {
        if (json_is_string(one) && ret_simulation->shown_count < SIMULATION_SHOWN_MAX) {
            ret_simulation->shown[ret_simulation->shown_count++] =
                arena_str(cx->arena, str_from_cstr(json_string_value(one)));
        }
    }
    ret_simulation->seed = arena_str(cx->arena, json_text(tree, "seed"));
    ret_simulation->ended_at = arena_str(cx->arena, json_text(tree, "endedAt"));
    ret_simulation->is_there = true;
    return ret_simulation->ended_at.len > 0 && json_is_array(shown) ? OK : ERR(ERR_FORMAT);
}

struct err demo_simulation_read(struct cx *cx, const char *data_dir,
                                struct demo_simulation *ret_simulation) {
    const char *path = arena_printf(cx->arena, "%s/" SIMULATION_FILE, data_dir).bytes;
    struct json_problem problem;
    struct str text;
    struct err err = env_read_file(cx->env, path, FILE_MAX, &text);
    if (err.code == ERR_NOT_FOUND) {
        return OK;
    }
    if (!err_failed(err)) {
        CLEANUP(json_release) json_t *tree = json_read(text, &problem);
        err = tree == NULL ? ERR(ERR_FORMAT) : read_shown(cx, tree, ret_simulation);
        env_free(cx->env, (char *)(uintptr_t)text.bytes);
    }
    return err_failed(err) ? cx_fail(cx, err, "%.300s does not say what was simulated (%s).", path,
                                     err_name(err.code))
                           : OK;
}

/* --- an operator more --- */

static int call(struct cx *cx, const struct client *client, const struct client_request *request,
                struct client_answer *ret_answer) {
    *ret_answer = (struct client_answer){0};
    return err_failed(client_call(cx, client, request, ret_answer)) ? 0 : ret_answer->status;
}

static int get(struct cx *cx, const struct client *client, struct str target,
               struct client_answer *ret_answer) {
    return call(cx, client, &(struct client_request){.method = STR("GET"), .target = target},
                ret_answer);
}

/* The next whose address nobody has; empty when none could be invited. */
static struct str invite(struct cx *cx, const struct client *client) {
    for (int i = 1; i <= OPERATORS_MAX; i++) {
        struct str email = arena_printf(cx->arena, "guest-%d@operators.example", i);
        struct client_request request = {
            .method = STR("POST"),
            .target = STR("/api/admin/operators"),
            .body = arena_printf(cx->arena, "{\"email\":\"" STR_FMT "\",\"role\":\"admin\"}",
                                 STR_ARG(email)),
        };
        struct client_answer answer;
        int status = call(cx, client, &request, &answer);
        client_answer_finish(&answer);
        if (status == CREATED) {
            return email;
        }
        if (status != CONFLICT) {
            return STR("");
        }
    }
    return STR("");
}

static struct str find_mail(struct cx *cx, const json_t *list, struct str email) {
    const json_t *mails = json_at(list, "data");
    const json_t *mail = NULL;
    size_t i = 0;
    json_array_foreach(mails, i, mail) {
        if (str_equal(json_text(mail, "to"), email) &&
            str_equal(json_text(mail, "kind"), STR("invitation"))) {
            return arena_str(cx->arena, json_text(mail, "id"));
        }
    }
    return STR("");
}

/* The first word of the text that is an address with something behind a #. */
static struct str find_link(struct str text) {
    while (text.bytes != NULL) {
        struct str line = str_cut(&text, '\n');
        while (line.bytes != NULL) {
            struct str word = str_cut(&line, ' ');
            if (str_starts_with(word, STR("http")) && str_find(word, '#') < word.len) {
                return str_trim(word);
            }
        }
    }
    return STR("");
}

void demo_simulation_print_operator(struct cx *cx, const struct client *client) {
    struct client_answer answer;
    struct str email = invite(cx, client);
    (void)get(cx, client, STR("/api/admin/outbox?limit=100"), &answer);
    struct str id = find_mail(cx, answer.json, email);
    client_answer_finish(&answer);
    struct str target = arena_printf(cx->arena, "/api/admin/outbox/" STR_FMT, STR_ARG(id));
    if (id.len > 0 && get(cx, client, target, &answer) != 0) {
        struct str link = find_link(json_text(answer.json, "text"));
        printf("\nOperate it, as somebody who was just invited:\n\n  " STR_FMT "\n", STR_ARG(link));
        client_answer_finish(&answer);
    } else {
        fprintf(stderr, "turnpike: demo: nobody could be invited to operate it.\n");
    }
}
