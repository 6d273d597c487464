/* The disk of the simulated world; env_sim.h says what it models.
 *
 * What holds: applying a node's pending changes to `durable` in order gives `current`, unless a
 * sync was lost. A node stays in the list while it is named, may be named again after a power loss,
 * or is open. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/env_sim_inside.h"

enum { SIM_FILE_MAX = 1 << 30 };

struct env_file {
    struct env_sim *sim;
    struct sim_node *node;
    uint64_t boot;
    bool is_read_only;
};

/* --- images --- */

static void image_resize(struct sim_image *image, size_t len) {
    if (len > image->capacity) {
        size_t capacity = image->capacity < 4096 ? 4096 : image->capacity;
        while (capacity < len) {
            capacity *= 2;
        }
        image->bytes = sim_grow(image->bytes, capacity);
        image->capacity = capacity;
    }
    if (len > image->len) {
        memset(image->bytes + image->len, 0, len - image->len);
    }
    image->len = len;
}

static void image_put(struct sim_image *image, size_t offset, const char *bytes, size_t len) {
    if (len == 0) {
        return;
    }
    if (offset + len > image->len) {
        image_resize(image, offset + len);
    }
    memcpy(image->bytes + offset, bytes, len);
}

static void image_copy(struct sim_image *to, const struct sim_image *from) {
    image_resize(to, from->len);
    if (from->len > 0) {
        memcpy(to->bytes, from->bytes, from->len);
    }
}

static void image_apply(struct sim_image *image, const struct sim_change *change) {
    if (change->bytes == NULL) {
        image_resize(image, change->offset);
    } else {
        image_put(image, change->offset, change->bytes, change->len);
    }
}

/* --- nodes --- */

static struct sim_node *node_find(struct sim_disk *disk, const char *path) {
    struct sim_node *node = disk->nodes;
    while (node != NULL && (!node->is_named || strcmp(node->path, path) != 0)) {
        node = node->next;
    }
    return node;
}

static struct sim_node *node_add(struct sim_disk *disk, const char *path) {
    struct sim_node *node = sim_take(sizeof *node);
    node->path = sim_copy(str_from_cstr(path));
    node->is_named = true;
    node->next = disk->nodes;
    disk->nodes = node;
    return node;
}

static void pending_drop(struct sim_node *node) {
    for (size_t i = 0; i < node->pending_count; i++) {
        free(node->pending[i].bytes);
    }
    node->pending_count = 0;
}

static void node_free(struct sim_node *node) {
    pending_drop(node);
    free(node->pending);
    free(node->current.bytes);
    free(node->durable.bytes);
    free(node->path);
    free(node);
}

/* Frees the nodes that nobody can reach any more. */
static void sweep(struct sim_disk *disk) {
    for (struct sim_node **at = &disk->nodes; *at != NULL;) {
        struct sim_node *node = *at;
        if (node->is_named || node->is_named_durably || node->handles > 0) {
            at = &node->next;
        } else {
            *at = node->next;
            node_free(node);
        }
    }
}

/* A change to what reads see, remembered until a sync. */
static void node_change(struct sim_node *node, struct sim_change change) {
    if (node->pending_count == node->pending_capacity) {
        node->pending_capacity = node->pending_capacity == 0 ? 16 : node->pending_capacity * 2;
        node->pending = sim_grow(node->pending, node->pending_capacity * sizeof *node->pending);
    }
    node->pending[node->pending_count++] = change;
    image_apply(&node->current, &change);
}

static void node_write(struct sim_node *node, size_t offset, const void *bytes, size_t len) {
    if (len > 0) {
        node_change(node, (struct sim_change){offset, len, sim_copy((struct str){bytes, len})});
    }
}

static void node_sync(struct sim_node *node) {
    for (size_t i = 0; i < node->pending_count; i++) {
        image_apply(&node->durable, &node->pending[i]);
    }
    pending_drop(node);
    if (!node->is_named) {
        return; /* a removed file's contents can be synced, its name is gone */
    }
    node->is_named_durably = true;
    for (struct sim_node *other = node->next; other != NULL; other = other->next) {
        if (strcmp(other->path, node->path) == 0) {
            other->is_named_durably = false; /* one name, one file: it took the older one's place */
        }
    }
}

/* --- faults --- */

static bool is_within(uint64_t count, uint64_t from, uint64_t until) {
    return from != 0 && count >= from && (until == 0 || count <= until);
}

/* Counts a mutating call and says how it fails, if it does. */
static struct err mutation(struct sim_disk *disk, bool takes_room) {
    if (disk->is_dead) {
        return ERR(ERR_IO);
    }
    uint64_t count = ++disk->mutations;
    if (is_within(count, disk->faults.dead_from, 0)) {
        disk->is_dead = true;
        return ERR(ERR_IO);
    }
    if (is_within(count, disk->faults.io_from, disk->faults.io_until)) {
        return ERR(ERR_IO);
    }
    bool is_full = is_within(count, disk->faults.full_from, disk->faults.full_until);
    return is_full && takes_room ? ERR(ERR_DISK_FULL) : OK;
}

static struct err file_usable(const struct env_file *file) {
    bool is_void = file->sim->disk.is_dead || file->boot != file->sim->disk.boot;
    return is_void ? ERR(ERR_IO) : OK;
}

static struct err file_writable(const struct env_file *file, uint64_t end) {
    TRY(file_usable(file));
    if (file->is_read_only) {
        return ERR(ERR_PERMISSION);
    }
    return end > SIM_FILE_MAX ? ERR(ERR_TOO_LARGE) : OK;
}

/* --- the env's functions --- */

static struct err sim_open(struct env *env, const char *path, enum env_open how,
                           struct env_file **ret_file) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    struct sim_disk *disk = &sim->disk;
    struct sim_node *node = node_find(disk, path);
    if (disk->is_dead) {
        return ERR(ERR_IO);
    }
    if (node != NULL && (how == ENV_WRITE_NEW || node->is_dir)) {
        return ERR(how == ENV_WRITE_NEW ? ERR_CONFLICT : ERR_IO);
    }
    if (node == NULL) {
        if (how == ENV_READ) {
            return ERR(ERR_NOT_FOUND);
        }
        TRY(mutation(disk, true));
        node = node_add(disk, path);
    }
    struct env_file *file = sim_take(sizeof *file);
    *file = (struct env_file){sim, node, disk->boot, how == ENV_READ};
    node->handles++;
    *ret_file = file;
    return OK;
}

static struct err sim_read(struct env_file *file, uint64_t offset, void *bytes, size_t len,
                           size_t *ret_len) {
    SIM_LOCKED(file->sim);
    TRY(file_usable(file));
    struct sim_disk *disk = &file->sim->disk;
    const struct sim_image *image = &file->node->current;
    size_t there = offset < image->len ? image->len - (size_t)offset : 0;
    size_t got = len < there ? len : there;
    if (got > 0) {
        memcpy(bytes, image->bytes + offset, got);
    }
    if (++disk->reads == disk->faults.flipped_read && got > 0) {
        uint64_t bit = prng_below(&disk->prng, (uint64_t)got * 8);
        ((uint8_t *)bytes)[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    *ret_len = got;
    return OK;
}

static struct err sim_write(struct env_file *file, uint64_t offset, const void *bytes, size_t len) {
    SIM_LOCKED(file->sim);
    TRY(file_writable(file, offset > SIM_FILE_MAX ? offset : offset + len));
    struct sim_disk *disk = &file->sim->disk;
    struct err err = mutation(disk, true);
    size_t put = err_failed(err) ? (size_t)prng_below(&disk->prng, (uint64_t)len + 1) : len;
    node_write(file->node, (size_t)offset, bytes, put);
    return err;
}

static struct err sim_truncate(struct env_file *file, uint64_t len) {
    SIM_LOCKED(file->sim);
    TRY(file_writable(file, len));
    TRY(mutation(&file->sim->disk, len > file->node->current.len));
    node_change(file->node, (struct sim_change){(size_t)len, 0, NULL});
    return OK;
}

static struct err sim_sync(struct env_file *file) {
    SIM_LOCKED(file->sim);
    TRY(file_usable(file));
    struct sim_disk *disk = &file->sim->disk;
    TRY(mutation(disk, false));
    if (++disk->syncs == disk->faults.lost_sync) {
        pending_drop(file->node);
        return ERR(ERR_IO);
    }
    node_sync(file->node);
    return OK;
}

static struct err sim_size(struct env_file *file, uint64_t *ret_len) {
    SIM_LOCKED(file->sim);
    TRY(file_usable(file));
    *ret_len = file->node->current.len;
    return OK;
}

static struct err sim_file_lock(struct env_file *file) {
    SIM_LOCKED(file->sim);
    TRY(file_usable(file));
    if (file->node->locked_by != NULL && file->node->locked_by != file) {
        return ERR(ERR_BUSY);
    }
    file->node->locked_by = file;
    return OK;
}

static void sim_close(struct env_file *file) {
    SIM_LOCKED(file->sim);
    struct sim_node *node = file->node;
    check(node->handles > 0);
    node->handles--;
    if (node->locked_by == file) {
        node->locked_by = NULL;
    }
    sweep(&file->sim->disk);
    free(file);
}

static struct err sim_make_dir(struct env *env, const char *path) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    struct sim_node *node = node_find(&sim->disk, path);
    if (node != NULL && !sim->disk.is_dead) {
        return node->is_dir ? OK : ERR(ERR_CONFLICT);
    }
    TRY(mutation(&sim->disk, true));
    node = node_add(&sim->disk, path);
    node->is_dir = true;
    node->is_named_durably = true;
    return OK;
}

struct err env_sim_remove_pending(struct env_sim *sim, const char *path) {
    SIM_LOCKED(sim);
    struct sim_node *node = node_find(&sim->disk, path);
    if (!sim->disk.is_dead && (node == NULL || node->is_dir)) {
        return ERR(node == NULL ? ERR_NOT_FOUND : ERR_PERMISSION);
    }
    TRY(mutation(&sim->disk, false));
    node->is_named = false;
    sweep(&sim->disk);
    return OK;
}

struct err env_sim_dir_sync(struct env_sim *sim) {
    SIM_LOCKED(sim);
    TRY(mutation(&sim->disk, false));
    for (struct sim_node *node = sim->disk.nodes; node != NULL; node = node->next) {
        node->is_named_durably = node->is_named;
    }
    sweep(&sim->disk);
    return OK;
}

static struct err sim_remove(struct env *env, const char *path) {
    TRY(env_sim_remove_pending(sim_of(env), path));
    return env_sim_dir_sync(sim_of(env));
}

static struct err sim_sync_name(struct env *env, const char *path) {
    (void)path; /* there is one folder */
    return env_sim_dir_sync(sim_of(env));
}

static struct err sim_exists(struct env *env, const char *path, bool *ret_exists) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    if (sim->disk.is_dead) {
        return ERR(ERR_IO);
    }
    *ret_exists = node_find(&sim->disk, path) != NULL;
    return OK;
}

static struct err sim_is_empty_dir(struct env *env, const char *path, bool *ret_is_empty) {
    struct env_sim *sim = sim_of(env);
    SIM_LOCKED(sim);
    const struct sim_node *dir = node_find(&sim->disk, path);
    if (sim->disk.is_dead) {
        return ERR(ERR_IO);
    }
    if (dir == NULL || !dir->is_dir) {
        return ERR(ERR_NOT_FOUND);
    }
    size_t len = strlen(path);
    bool is_empty = true;
    for (const struct sim_node *node = sim->disk.nodes; node != NULL; node = node->next) {
        bool is_inside = strncmp(node->path, path, len) == 0 && node->path[len] == '/';
        is_empty = is_empty && !(node->is_named && is_inside);
    }
    *ret_is_empty = is_empty;
    return OK;
}

/* --- power loss --- */

/* Whether one pending thing had reached the disk. */
static bool survives(struct sim_disk *disk, enum env_sim_loss loss, unsigned percent) {
    switch (loss) {
    case ENV_SIM_KEEP_NONE:
        return false;
    case ENV_SIM_KEEP_ALL:
        return true;
    case ENV_SIM_KEEP_SOME:
        break;
    }
    return prng_chance(&disk->prng, percent);
}

/* Applies those sectors of a write that survive. */
static void damage_write(struct sim_disk *disk, struct sim_image *image,
                         const struct sim_change *change, enum env_sim_loss loss,
                         unsigned percent) {
    for (size_t done = 0; done < change->len;) {
        size_t offset = change->offset + done;
        size_t room = disk->sector - offset % disk->sector;
        size_t part = change->len - done < room ? change->len - done : room;
        if (survives(disk, loss, percent)) {
            image_put(image, offset, change->bytes + done, part);
        }
        done += part;
    }
}

static void damage_node(struct sim_disk *disk, struct sim_node *node, enum env_sim_loss loss,
                        unsigned percent) {
    for (size_t i = 0; i < node->pending_count; i++) {
        struct sim_change *change = &node->pending[i];
        if (change->bytes != NULL) {
            damage_write(disk, &node->durable, change, loss, percent);
        } else if (survives(disk, loss, percent)) {
            image_apply(&node->durable, change);
        }
    }
    pending_drop(node);
    image_copy(&node->current, &node->durable);
    node->locked_by = NULL;
    bool is_pending = node->is_named != node->is_named_durably;
    bool is_named =
        is_pending && survives(disk, loss, percent) ? node->is_named : node->is_named_durably;
    node->is_named = is_named;
    node->is_named_durably = is_named;
}

void env_sim_power_loss(struct env_sim *sim, enum env_sim_loss loss) {
    SIM_LOCKED(sim);
    struct sim_disk *disk = &sim->disk;
    /* Some disks have written nearly everything, some nearly nothing. */
    unsigned percent = 5 + (unsigned)prng_below(&disk->prng, 91);
    for (struct sim_node *node = disk->nodes; node != NULL; node = node->next) {
        damage_node(disk, node, loss, percent);
    }
    /* Where a file and its successor of the same name both survived, the newer has the name. */
    for (struct sim_node *node = disk->nodes; node != NULL; node = node->next) {
        for (struct sim_node *older = node->next; node->is_named && older != NULL;
             older = older->next) {
            if (strcmp(older->path, node->path) == 0) {
                older->is_named = false;
                older->is_named_durably = false;
            }
        }
    }
    disk->boot++;
    disk->is_dead = false;
    disk->faults = (struct env_sim_faults){0};
    sweep(disk);
    sim_net_orphan(sim);
}

/* --- controls --- */

void env_sim_set_faults(struct env_sim *sim, struct env_sim_faults faults) {
    SIM_LOCKED(sim);
    sim->disk.faults = faults;
    sim->disk.mutations = 0;
    sim->disk.syncs = 0;
    sim->disk.reads = 0;
}

uint64_t env_sim_syncs(const struct env_sim *sim) {
    return sim->disk.syncs;
}

uint64_t env_sim_mutations(const struct env_sim *sim) {
    return sim->disk.mutations;
}

bool env_sim_is_dead(const struct env_sim *sim) {
    return sim->disk.is_dead;
}

void env_sim_set_sector(struct env_sim *sim, size_t bytes) {
    check(bytes == 512 || bytes == 4096);
    SIM_LOCKED(sim);
    sim->disk.sector = bytes;
}

void sim_disk_init(struct env_sim *sim, uint64_t seed) {
    sim->disk.prng = prng_split(seed, 2);
    sim->disk.sector = 512;
    sim->env.files =
        (struct env_files){sim_open,   sim_read,         sim_write,    sim_truncate, sim_sync,
                           sim_size,   sim_file_lock,    sim_close,    sim_make_dir, sim_remove,
                           sim_exists, sim_is_empty_dir, sim_sync_name};
}

void sim_disk_finish(struct env_sim *sim) {
    for (struct sim_node *node = sim->disk.nodes; node != NULL;) {
        struct sim_node *next = node->next;
        check(node->handles == 0);
        node_free(node);
        node = next;
    }
}
