#include "jobs/flight.h"

#include <string.h>

#include "base/check.h"

#define SECOND_NS UINT64_C(1000000000)
enum { REST_SECONDS_MAX = 300, FLIGHT_ARENA_MAX = 8 * 1024 * 1024 };

void flights_init(struct flights *flights, struct env *env) {
    memset(flights, 0, sizeof *flights);
    flights->env = env;
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        arena_init(&flights->list[i].arena, env, FLIGHT_ARENA_MAX);
    }
}

void flights_finish(struct flights *flights) {
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        arena_finish(&flights->list[i].arena);
    }
}

bool flight_is_known(const struct flights *flights, struct str name) {
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        const struct flight *flight = &flights->list[i];
        if (flight->state != FLIGHT_FREE && str_equal(str_from_cstr(flight->name), name)) {
            return true;
        }
    }
    return false;
}

struct flight *flight_board(struct flights *flights, struct str name) {
    check(name.len < FLIGHT_NAME_SIZE);
    struct flight *free = NULL;
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        struct flight *flight = &flights->list[i];
        if (flight->state == FLIGHT_FREE) {
            free = free == NULL ? flight : free;
        } else if (str_equal(str_from_cstr(flight->name), name)) {
            bool is_rested = flight->state == FLIGHT_RESTING &&
                             flight->rest_until_ns <= flights->env->mono_ns(flights->env);
            return is_rested ? flight : NULL;
        }
    }
    if (free != NULL) {
        memcpy(free->name, name.bytes, name.len);
        free->name[name.len] = '\0';
        free->attempts = 0;
        free->user_id = STR("");
    }
    return free;
}

void flight_land(struct flight *flight) {
    arena_finish(&flight->arena);
    flight->state = FLIGHT_FREE;
}

void flight_rest(struct flights *flights, struct flight *flight) {
    uint64_t seconds = flight->attempts < 9 ? UINT64_C(1) << flight->attempts : REST_SECONDS_MAX;
    seconds = seconds > REST_SECONDS_MAX ? REST_SECONDS_MAX : seconds;
    arena_finish(&flight->arena);
    flight->attempts++;
    flight->state = FLIGHT_RESTING;
    flight->rest_until_ns = flights->env->mono_ns(flights->env) + seconds * SECOND_NS;
}

size_t flights_busy(const struct flights *flights) {
    size_t busy = 0;
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        busy += flights->list[i].state != FLIGHT_FREE;
    }
    return busy;
}

bool flights_serve(const struct flights *flights, struct str user_id) {
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        const struct flight *flight = &flights->list[i];
        bool is_under_way = flight->state == FLIGHT_OUT || flight->state == FLIGHT_RECORDING;
        if (is_under_way && user_id.len > 0 && str_equal(flight->user_id, user_id)) {
            return true;
        }
    }
    return false;
}
