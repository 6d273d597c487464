/* A host of WebAssembly modules that meters its customers: one api_requests is taken before each
 * call, and only a call that was allowed runs; afterwards its bytes and its seconds are recorded.
 *
 * usage: wasm_host URL USER MODULE.wasm CALLS ARGUMENT
 *
 * Prints how many calls ran, how many were denied, why the last one was, and the last result. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "examples/wasm_host/engine.h"
#include "turnpike.h"

enum { MODULE_MAX = 1 << 20, BYTES_A_CALL = 4 + 4, WAIT_MS = 2000 };

struct tally {
    uint64_t run, denied, nanoseconds;
    uint32_t result;
    enum turnpike_reason last_denial;
};

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static struct engine *load(const char *path) {
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(MODULE_MAX);
    size_t len = file == NULL || bytes == NULL ? 0 : fread(bytes, 1, MODULE_MAX, file);
    struct engine *engine = len == 0 ? NULL : engine_create(bytes, len);
    if (file != NULL) {
        fclose(file);
    }
    free(bytes);
    return engine;
}

static void call(struct engine *engine, struct turnpike_customer *customer, uint32_t argument,
                 struct tally *tally) {
    struct turnpike_verdict verdict =
        turnpike_take_wait(customer, TURNPIKE_API_REQUESTS, 1, WAIT_MS);
    if (!verdict.is_allowed) {
        tally->denied++;
        tally->last_denial = verdict.reason;
        return;
    }
    uint64_t start = now_ns();
    if (engine_run(engine, argument, &tally->result)) {
        tally->run++;
    }
    tally->nanoseconds += now_ns() - start;
    turnpike_record(customer, TURNPIKE_BANDWIDTH, BYTES_A_CALL);
}

/* Whole seconds of running are billed; what is begun counts. */
static void record_time(struct turnpike_customer *customer, const struct tally *tally) {
    uint64_t seconds = (tally->nanoseconds + 999999999U) / 1000000000U;
    turnpike_record(customer, TURNPIKE_BUILD_MINUTES, (int64_t)seconds);
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: wasm_host URL USER MODULE.wasm CALLS ARGUMENT\n");
        return 2;
    }
    struct turnpike_options options = TURNPIKE_OPTIONS;
    options.url = argv[1];
    options.key = getenv("TURNPIKE_KEY");
    options.node = "wasm-host";
    struct engine *engine = load(argv[3]);
    struct turnpike *gate = NULL;
    struct turnpike_customer *customer = NULL;
    if (engine == NULL || turnpike_open(&options, &gate) != TURNPIKE_OK ||
        turnpike_customer(gate, argv[2], &customer) != TURNPIKE_OK) {
        fprintf(stderr, "wasm_host: no module, no server or no customer of that name\n");
        return 1;
    }
    struct tally tally = {0};
    uint64_t calls = strtoull(argv[4], NULL, 10);
    for (uint64_t i = 0; i < calls; i++) {
        call(engine, customer, (uint32_t)strtoul(argv[5], NULL, 10), &tally);
    }
    if (tally.run > 0) {
        record_time(customer, &tally);
    }
    enum turnpike_status status = turnpike_close(gate, 10000);
    engine_destroy(engine);
    printf("run %" PRIu64 " denied %" PRIu64 " because %s result %" PRIu32 " closed %s\n",
           tally.run, tally.denied,
           tally.denied > 0 ? turnpike_reason_name(tally.last_denial) : "-", tally.result,
           turnpike_status_name(status));
    return 0;
}
