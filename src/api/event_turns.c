/* Which body is read next; see event_turns.h. */
#include "api/event_turns.h"

#include "base/check.h"

enum { NS_PER_MS = 1000 * 1000 };

void event_turns_init(struct event_turns *turns) {
    turns->first = NULL;
    turns->end = &turns->first;
    turns->bytes = 0;
    for (size_t i = 0; i < EVENT_LANES; i++) {
        struct event_lane *lane = &turns->lanes[i];
        *lane = (struct event_lane){.first = NULL};
        lane->end = &lane->first;
    }
}

/* --- lanes --- */

static void add_lane(struct event_turns *turns, struct event_lane *lane) {
    lane->next = NULL;
    *turns->end = lane;
    turns->end = &lane->next;
}

static struct event_lane *take_lane(struct event_turns *turns) {
    struct event_lane *lane = turns->first;
    turns->first = lane->next;
    turns->end = turns->first == NULL ? &turns->first : turns->end;
    return lane;
}

static void drop_first(struct event_lane *lane) {
    lane->first = lane->first->next;
    lane->end = lane->first == NULL ? &lane->first : lane->end;
}

static bool is_full(const struct event_lane *lane, uint64_t now_ns) {
    return lane->first != NULL &&
           now_ns - lane->first->since_ns > (uint64_t)EVENT_TURNS_WAIT_MS_MAX * NS_PER_MS;
}

bool event_turns_add(struct event_turns *turns, struct event_reading *reading, uint64_t now_ns) {
    struct event_lane *lane = &turns->lanes[reading->lane % EVENT_LANES];
    size_t bytes = event_scan_left(reading->scan);
    if (is_full(lane, now_ns) ||
        (turns->bytes > 0 && turns->bytes + bytes > EVENT_TURNS_BYTES_MAX)) {
        return false;
    }
    if (lane->first == NULL) {
        add_lane(turns, lane);
    }
    reading->since_ns = now_ns;
    reading->next = NULL;
    *lane->end = reading;
    lane->end = &reading->next;
    turns->bytes += bytes;
    return true;
}

/* --- turns --- */

/* One slice of the lane whose turn it is; how much of a turn it was. */
static size_t read_slice(struct event_turns *turns) {
    struct event_lane *lane = take_lane(turns);
    struct event_reading *reading = lane->first;
    struct event_list list = {NULL, 0};
    size_t before = event_scan_left(reading->scan);
    enum json_scanned scanned = event_scan_step(reading->scan, &list);
    bool is_over = scanned != JSON_SCANNED_SOME;
    size_t left = is_over ? 0 : event_scan_left(reading->scan);
    turns->bytes = turns->bytes - before + left; /* more, when all is read once more */
    if (is_over) {
        drop_first(lane);
    }
    if (lane->first != NULL) {
        add_lane(turns, lane);
    }
    if (is_over) {
        reading->finished(reading, scanned, list);
    }
    /* A slice may only find that an item is larger than the window, or that more care is due. */
    return left < before ? before - left : EVENT_TURN_BYTES;
}

bool event_turns_step(struct event_turns *turns) {
    size_t taken = 0;
    while (turns->first != NULL && taken < EVENT_TURN_BYTES) {
        taken += read_slice(turns);
    }
    return turns->first != NULL;
}

void event_turns_finish(struct event_turns *turns) {
    while (turns->first != NULL) {
        struct event_lane *lane = take_lane(turns);
        while (lane->first != NULL) {
            struct event_reading *reading = lane->first;
            drop_first(lane);
            reading->finished(reading, JSON_SCANNED_SOME, (struct event_list){NULL, 0});
        }
    }
    turns->bytes = 0;
}
