/* A process that meters with libturnpike, for the stories of leases: takes, gives back and records,
 * a few thousand times a second, for as many seconds as it is told.
 *
 * usage: edge_load URL NODE JOURNAL|- SECONDS SEED USER...
 *
 * Writes lines, of which the last counts also when it is killed: "acked USER n ..." after each
 * flush that was acknowledged, and "spent USER n ..." ever so often; at the end "done USER n ...".
 * The figures are, for each user in turn: let through less given back, recorded, and what was
 * denied without an answer of the server, which may have counted it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "turnpike.h"

enum { USERS_MAX = 64, ROUNDS_A_FLUSH = 200, WAIT_MS = 300 };

struct user {
    const char *name;
    struct turnpike_customer *handle;
    int64_t spent, recorded, unknown;
};

struct load {
    struct user users[USERS_MAX];
    int count;
    uint64_t seed;
};

static uint64_t draw(struct load *load) {
    load->seed ^= load->seed << 13;
    load->seed ^= load->seed >> 7;
    load->seed ^= load->seed << 17;
    return load->seed;
}

static void say(const struct load *load, const char *what) {
    printf("%s", what);
    for (int i = 0; i < load->count; i++) {
        const struct user *user = &load->users[i];
        printf(" %s %" PRId64 " %" PRId64 " %" PRId64, user->name, user->spent, user->recorded,
               user->unknown);
    }
    printf("\n");
    fflush(stdout);
}

static void take(struct load *load, struct user *user) {
    int64_t amount = 1 + (int64_t)(draw(load) % 5);
    bool is_patient = draw(load) % 4 == 0;
    struct turnpike_verdict verdict =
        is_patient ? turnpike_take_wait(user->handle, TURNPIKE_API_REQUESTS, amount, WAIT_MS)
                   : turnpike_take(user->handle, TURNPIKE_API_REQUESTS, amount);
    if (verdict.is_allowed) {
        user->spent += amount;
    } else if (is_patient && verdict.reason == TURNPIKE_UNREACHABLE) {
        user->unknown += amount;
    }
}

static void one_round(struct load *load) {
    struct user *user = &load->users[draw(load) % (uint64_t)load->count];
    take(load, user);
    if (draw(load) % 16 == 0) {
        user->spent -= turnpike_release(user->handle, TURNPIKE_API_REQUESTS, 1);
    }
    if (draw(load) % 8 == 0 && turnpike_record(user->handle, TURNPIKE_BANDWIDTH, 100)) {
        user->recorded += 100;
    }
}

static void pause_a_little(void) {
    struct timespec pause = {.tv_nsec = 300000};
    nanosleep(&pause, NULL);
}

static void run(struct load *load, struct turnpike *gate, time_t seconds) {
    time_t end = time(NULL) + seconds;
    for (unsigned round = 1; time(NULL) < end; round++) {
        one_round(load);
        pause_a_little();
        if (round % ROUNDS_A_FLUSH == 0) {
            say(load, "spent");
            struct load before = *load;
            if (turnpike_flush(gate, 1000) == TURNPIKE_OK) {
                say(&before, "acked");
            }
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 7 || argc - 6 > USERS_MAX) {
        fprintf(stderr, "usage: edge_load URL NODE JOURNAL|- SECONDS SEED USER...\n");
        return 2;
    }
    struct turnpike_options options = TURNPIKE_OPTIONS;
    options.url = argv[1];
    options.node = argv[2];
    options.journal = strcmp(argv[3], "-") == 0 ? NULL : argv[3];
    options.timeout_ms = 1000;
    struct turnpike *gate = NULL;
    if (turnpike_open(&options, &gate) != TURNPIKE_OK) {
        return 1;
    }
    struct load load = {.seed = strtoull(argv[5], NULL, 10) | 1};
    for (int i = 6; i < argc; i++) {
        struct user *user = &load.users[load.count++];
        user->name = argv[i];
        if (turnpike_customer(gate, user->name, &user->handle) != TURNPIKE_OK) {
            return 1;
        }
    }
    run(&load, gate, (time_t)strtol(argv[4], NULL, 10));
    enum turnpike_status status = turnpike_close(gate, 20000);
    say(&load, "done");
    fprintf(stderr, "closed: %s\n", turnpike_status_name(status));
    return status == TURNPIKE_OK ? 0 : 1;
}
