#include "edge/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { LINE_MAX_BYTES = 512 };

/* --- lines --- */

static uint32_t sum_of(struct str text) {
    uint32_t sum = 2166136261U;
    for (size_t i = 0; i < text.len; i++) {
        sum = (sum ^ (unsigned char)text.bytes[i]) * 16777619U;
    }
    return sum;
}

static void end_line(struct buf *out, struct str line) {
    buf_add(out, line);
    buf_printf(out, " %08x\n", sum_of(line));
}

static void add_line(struct buf *out, const struct edge_settlement *row) {
    char line[LINE_MAX_BYTES];
    int len = snprintf(
        line, sizeof line,
        "%s " STR_FMT " %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
        row->epoch, STR_ARG(row->user_id), metric_name(row->metric),
        row->has_period ? row->period_start : INT64_C(-1), row->figures.taken,
        row->figures.released, row->figures.returned, row->figures.recorded, row->acked);
    check(len > 0 && (size_t)len < sizeof line);
    end_line(out, str_of(line, (size_t)len));
}

struct line {
    struct edge_settlement row; /* without a user_id: it only names the epoch */
    char epoch[EDGE_EPOCH_SIZE];
    size_t order;
};

static bool read_number(struct str *rest, int64_t *ret_value) {
    return str_to_i64(str_cut(rest, ' '), ret_value);
}

static bool read_row(struct str rest, struct edge_settlement *row) {
    row->user_id = str_cut(&rest, ' ');
    struct str metric = str_cut(&rest, ' ');
    struct edge_figures *figures = &row->figures;
    bool is_good = row->user_id.len > 0 && row->user_id.len <= EDGE_USER_ID_MAX &&
                   metric_parse(metric, &row->metric) && read_number(&rest, &row->period_start) &&
                   read_number(&rest, &figures->taken) && read_number(&rest, &figures->released) &&
                   read_number(&rest, &figures->returned) &&
                   read_number(&rest, &figures->recorded) && read_number(&rest, &row->acked);
    row->has_period = row->period_start >= 0;
    return is_good;
}

/* False for what end_line() did not write whole. */
static bool read_line(struct str text, struct line *ret_line) {
    size_t body = text.len > 9 ? text.len - 9 : 0;
    char sum[16];
    (void)snprintf(sum, sizeof sum, " %08x", sum_of(str_first(text, body)));
    if (!str_equal(str_skip(text, body), str_from_cstr(sum))) {
        return false;
    }
    struct str rest = str_first(text, body);
    struct str epoch = str_cut(&rest, ' ');
    if (epoch.len == 0 || epoch.len >= EDGE_EPOCH_SIZE) {
        return false;
    }
    memcpy(ret_line->epoch, epoch.bytes, epoch.len);
    ret_line->epoch[epoch.len] = 0;
    ret_line->row.user_id = STR("");
    return rest.len == 0 || read_row(rest, &ret_line->row);
}

/* --- reading --- */

/* By epoch, then by row, then as they were written. */
static int compare_lines(const void *left, const void *right) {
    const struct line *a = left;
    const struct line *b = right;
    int order = strcmp(a->epoch, b->epoch);
    order = order != 0 ? order : str_compare(a->row.user_id, b->row.user_id);
    order = order != 0 ? order : (int)a->row.metric - (int)b->row.metric;
    if (order != 0) {
        return order;
    }
    if (a->row.period_start != b->row.period_start) {
        return a->row.period_start < b->row.period_start ? -1 : 1;
    }
    return a->order < b->order ? -1 : 1;
}

static bool is_same_row(const struct line *a, const struct line *b) {
    return strcmp(a->epoch, b->epoch) == 0 && a->row.metric == b->row.metric &&
           a->row.period_start == b->row.period_start && str_equal(a->row.user_id, b->row.user_id);
}

static struct err settle_line(struct edge_node *node, struct line *line) {
    line->row.epoch = line->epoch;
    return line->row.user_id.len == 0 ? edge_node_settle_epoch(node, line->epoch)
                                      : edge_node_settle(node, &line->row);
}

static struct err settle_lines(struct edge_journal *journal, struct line *lines, size_t count,
                               struct edge_node *node) {
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && is_same_row(&lines[i], &lines[i + 1])) {
            continue;
        }
        TRY(settle_line(node, &lines[i]));
        memcpy(journal->last_epoch, lines[i].epoch, sizeof journal->last_epoch);
        journal->has_old = true;
    }
    return OK;
}

static size_t count_lines(struct str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += text.bytes[i] == '\n';
    }
    return count;
}

/* What follows the first line that is not whole was written after a torn one: by nobody. */
static struct err read_all(struct edge_journal *journal, struct str text, struct edge_node *node) {
    size_t most = count_lines(text);
    struct line *lines = env_alloc(journal->env, (most + 1) * sizeof *lines);
    if (lines == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    size_t count = 0;
    uint64_t whole = 0;
    while (count < most) {
        size_t len = str_find(text, '\n');
        lines[count] = (struct line){.order = count};
        if (!read_line(str_first(text, len), &lines[count])) {
            break;
        }
        count++;
        whole += len + 1;
        text = str_skip(text, len + 1);
    }
    struct err err = settle_lines(journal, lines, count, node);
    if (!err_failed(err) && whole < journal->len) {
        journal->len = whole;
        err = journal->env->files.truncate(journal->file, whole);
    }
    env_free(journal->env, lines);
    return err;
}

static struct err open_locked(struct env *env, const char *path, struct env_file **ret_file) {
    struct env_file *file = NULL;
    TRY(env->files.open(env, path, ENV_READ_WRITE, &file));
    struct err err = env->files.lock(file);
    if (err_failed(err)) {
        env->files.close(file);
        return err;
    }
    *ret_file = file;
    return OK;
}

static struct err load(struct edge_journal *journal, struct edge_node *node) {
    struct str text = {NULL, 0};
    TRY(env_read_file(journal->env, journal->path, EDGE_JOURNAL_MAX, &text));
    journal->len = text.len;
    struct err err = read_all(journal, text, node);
    env_free(journal->env, (void *)(uintptr_t)text.bytes);
    return err;
}

struct err edge_journal_open(struct edge_journal *journal, struct env *env, const char *path,
                             struct edge_node *node) {
    *journal = (struct edge_journal){.env = env};
    buf_init(&journal->lines, env, EDGE_JOURNAL_MAX);
    if (path == NULL) {
        return OK;
    }
    size_t size = strlen(path) + 1;
    journal->path = env_alloc(env, size);
    if (journal->path == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    memcpy(journal->path, path, size);
    struct err err = open_locked(env, path, &journal->file);
    if (!err_failed(err)) {
        err = load(journal, node);
    }
    if (err_failed(err)) {
        edge_journal_close(journal);
    }
    return err;
}

void edge_journal_close(struct edge_journal *journal) {
    if (journal->file != NULL) {
        journal->env->files.close(journal->file);
    }
    buf_finish(&journal->lines);
    env_free(journal->env, journal->path);
    journal->file = NULL;
    journal->path = NULL;
}

/* --- writing --- */

/* Of those that no line names yet: from the last that one does. */
static void name_epochs(struct edge_journal *journal, const struct edge_node *node) {
    const char *present = edge_node_epoch(node);
    if (journal->file == NULL || strcmp(journal->named_epoch, present) == 0) {
        return;
    }
    for (size_t i = 0; edge_node_epoch_at(node, i) != NULL; i++) {
        const char *epoch = edge_node_epoch_at(node, i);
        if (journal->is_anew || strcmp(epoch, present) == 0) {
            end_line(&journal->lines, str_from_cstr(epoch));
        }
    }
    memcpy(journal->named_epoch, present, strlen(present) + 1);
}

static void gather_lines(struct edge_journal *journal, struct edge_node *node) {
    struct edge_settlement row;
    name_epochs(journal, node);
    while (edge_node_next_changed(node, &row)) {
        if (journal->file != NULL) {
            add_line(&journal->lines, &row);
        }
    }
}

/* A file beside it takes its place when all of it is on the disk; the lock goes with the file. */
static struct err write_anew(struct edge_journal *journal) {
    struct env *env = journal->env;
    struct buf path CLEANUP(buf_finish);
    buf_init(&path, env, 4096);
    buf_printf(&path, "%s.new", journal->path);
    buf_add_char(&path, 0);
    if (path.has_failed) {
        return ERR(ERR_NO_MEMORY);
    }
    struct env_file *file = NULL;
    TRY(open_locked(env, path.bytes, &file));
    struct str lines = buf_str(&journal->lines);
    struct err err = env->files.truncate(file, 0);
    err = err_failed(err) ? err : env->files.write(file, 0, lines.bytes, lines.len);
    err = err_failed(err) ? err : env->files.sync(file);
    if (!err_failed(err) && rename(path.bytes, journal->path) != 0) {
        err = ERR(ERR_IO);
    }
    if (err_failed(err)) {
        env->files.close(file);
        return err;
    }
    env->files.close(journal->file);
    journal->file = file;
    journal->len = journal->begun = lines.len;
    buf_clear(&journal->lines);
    return env->files.sync_name(env, journal->path);
}

void edge_journal_gather(struct edge_journal *journal, struct edge_node *node) {
    gather_lines(journal, node);
    bool has_told_old = journal->has_old && !edge_node_has_old(node);
    bool has_grown = journal->len > EDGE_JOURNAL_ANEW && journal->len / 4 > journal->begun;
    if (journal->file != NULL && (has_told_old || has_grown)) {
        buf_clear(&journal->lines);
        journal->is_anew = true;
        journal->named_epoch[0] = 0;
        edge_node_all_changed(node);
        gather_lines(journal, node);
        journal->has_old = edge_node_has_old(node);
    }
}

struct err edge_journal_sync(struct edge_journal *journal) {
    struct str lines = buf_str(&journal->lines);
    if (journal->lines.has_failed) {
        return ERR(ERR_NO_MEMORY);
    }
    if (journal->file == NULL || (lines.len == 0 && !journal->is_anew)) {
        return OK;
    }
    if (journal->is_anew) {
        TRY(write_anew(journal));
        journal->is_anew = false;
        return OK;
    }
    TRY(journal->env->files.write(journal->file, journal->len, lines.bytes, lines.len));
    TRY(journal->env->files.sync(journal->file));
    journal->len += lines.len;
    buf_clear(&journal->lines);
    return OK;
}
