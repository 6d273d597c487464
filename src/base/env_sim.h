/* A world made of memory, run from a seed: the same calls on the same seed give the same world.
 *
 * Clock: stands until env_sim_advance or env_sim_set_wall moves it.
 *
 * Disk: per file there is what reads see, what is durable, and the writes and truncations since the
 * last sync. env_sim_power_loss() decides for each of those, a write sector by sector, whether it
 * had reached the disk, so writes may be torn and reordered. A sync makes its file's contents and
 * name durable. Names: a new file is pending until its first sync (env_posix gives more), a removed
 * one is gone at once with files.remove, or pending until env_sim_dir_sync with
 * env_sim_remove_pending; a pending name is kept or lost like a write. There is one folder for this
 * purpose; make_dir is durable at once and paths are compared as text.
 *
 * Memory: libc's, counted; the n-th allocation can be made to fail.
 *
 * Network: requests go to handlers by URL prefix and come back through env_sim_net_step(), one
 * message at a time, in an order and with losses, delays and duplicates drawn from the seed.
 *
 * The env may be used from any thread (disk, memory, clock, log); the network and all functions
 * below belong to one thread at a time. */
#ifndef BASE_ENV_SIM_H
#define BASE_ENV_SIM_H

#include "base/env.h"

struct env_sim;

/* The world begins at 2015-05-17T00:00:00Z. Aborts when the machine has no memory. */
struct env_sim *env_sim_create(uint64_t seed);
/* All files must be closed, all memory freed; takes NULL. */
void env_sim_destroy(struct env_sim *sim);
/* The env to pass on; lives as long as `sim`. */
struct env *env_sim_env(struct env_sim *sim);

/* --- clock --- */

void env_sim_set_wall(struct env_sim *sim, int64_t wall_ms); /* may jump back, as real ones do */
void env_sim_advance(struct env_sim *sim, int64_t by_ms);    /* wall and monotonic */

/* --- disk --- */

/* When the disk fails. Calls are counted from 1 at env_sim_set_faults; 0 means never. Mutating
 * calls are write, truncate, sync, remove, dir_sync and an open that makes a file. A failing write
 * may have taken effect up to any byte, as real ones do. */
struct env_sim_faults {
    /* That mutating call and every later call of any kind fails with ERR_IO, no new message
     * leaves, answers turn into ERR_NETWORK: the process is as good as dead. Its code unwinds,
     * closes, and env_sim_power_loss() starts the world again. */
    uint64_t dead_from;
    uint64_t full_from;  /* writes, growing truncations and new files give ERR_DISK_FULL … */
    uint64_t full_until; /* … up to and with this call; 0: for ever */
    uint64_t io_from;    /* mutating calls give ERR_IO … */
    uint64_t io_until;   /* … up to and with this one (io_from again: once); 0: for ever */
    /* That sync, counted among syncs, fails and drops what was pending: reads go on seeing it, no
     * later sync makes it durable. (What Linux did to PostgreSQL in 2018, "fsyncgate".) */
    uint64_t lost_sync;
    uint64_t flipped_read; /* that read, counted among reads, gives one bit wrong */
};

/* Sets the faults and starts counting anew; {0} heals the disk (but not a dead world). */
void env_sim_set_faults(struct env_sim *sim, struct env_sim_faults faults);
/* Mutating calls since env_sim_set_faults: a dry run gives the N of a loop over `dead_from`. */
uint64_t env_sim_mutations(const struct env_sim *sim);
uint64_t env_sim_syncs(const struct env_sim *sim); /* of these, the syncs that got through */
bool env_sim_is_dead(const struct env_sim *sim);

enum env_sim_loss { ENV_SIM_KEEP_NONE, ENV_SIM_KEEP_ALL, ENV_SIM_KEEP_SOME };

/* Cuts the power: of what was pending nothing, everything or a random part had become durable, and
 * that is what the disk holds from now on. Handles that are still open fail from now on and want
 * to be closed; locks are gone; no callback of the network will come; faults are healed. */
void env_sim_power_loss(struct env_sim *sim, enum env_sim_loss loss);
/* The unit that is written whole or not at all: 512 (as at first) or 4096 bytes. */
void env_sim_set_sector(struct env_sim *sim, size_t bytes);

/* Removes a name as unlink(2) does: it may come back until env_sim_dir_sync(). */
struct err env_sim_remove_pending(struct env_sim *sim, const char *path);
struct err env_sim_dir_sync(struct env_sim *sim);

/* --- memory --- */

/* Makes the n-th allocation from now on fail, and all later ones too if `for_ever`; 0: none. */
void env_sim_fail_alloc(struct env_sim *sim, uint64_t nth, bool for_ever);
uint64_t env_sim_allocs(const struct env_sim *sim); /* since env_sim_fail_alloc */
uint64_t env_sim_blocks(const struct env_sim *sim); /* not freed yet */

/* --- log --- */

/* The last lines logged (at least 64 KiB of them, if there were so many), each ended by '\n'. */
struct str env_sim_log(struct env_sim *sim);

/* --- network --- */

struct env_sim_net {
    unsigned lost_requests, lost_answers, duplicates; /* percent */
    int64_t delay_min_ms, delay_max_ms;               /* of each message */
};

/* Answers a request, now or later, through env_sim_reply(); `request` is valid during the call.
 * A duplicated request arrives twice under the same `exchange`. */
typedef void env_sim_handler(void *context, uint64_t exchange,
                             const struct env_http_request *request);

void env_sim_set_net(struct env_sim *sim, struct env_sim_net net);
/* Sends URLs that start with `prefix` (copied) to `handler`; the longest prefix wins. A URL without
 * a handler gives ERR_NETWORK. */
void env_sim_serve(struct env_sim *sim, const char *prefix, env_sim_handler *handler,
                   void *context);
/* Sends an answer back (copied). The first to arrive is delivered, all others are dropped. */
void env_sim_reply(struct env_sim *sim, uint64_t exchange, const struct env_http_answer *answer);
/* Delivers one message that is due, or the time-out of a request; false when nothing is due. */
bool env_sim_net_step(struct env_sim *sim);
/* Milliseconds until something is due (0: now); -1 when nothing is on its way. */
int64_t env_sim_net_due_ms(const struct env_sim *sim);

#endif
