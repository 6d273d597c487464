#include "edge/memory.h"

#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 * 1024 * 1024 };

static void unmap_part(char *bytes, size_t size) {
    if (size > 0) {
        (void)munmap(bytes, size);
    }
}

/* Twice as much, of which the ends go back, so that it begins where a huge page does. */
static void *map_pages(struct edge_memory *memory, size_t size) {
    (void)memory;
    size_t whole = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    char *bytes =
        mmap(NULL, whole + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) {
        return NULL;
    }
    size_t before = (HUGE_PAGE - (uintptr_t)bytes % HUGE_PAGE) % HUGE_PAGE;
    unmap_part(bytes, before);
    unmap_part(bytes + before + whole, HUGE_PAGE - before);
    bytes += before;
    if (madvise(bytes, whole, MADV_WIPEONFORK) != 0) { /* Linux 4.14: without it no promise holds */
        unmap_part(bytes, whole);
        return NULL;
    }
    (void)madvise(bytes, whole, MADV_HUGEPAGE);
    memset(bytes, 0, whole);
    return bytes;
}

static void unmap_pages(struct edge_memory *memory, void *bytes, size_t size) {
    (void)memory;
    unmap_part(bytes, (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
}

void edge_memory_init(struct edge_memory *memory) {
    *memory = (struct edge_memory){map_pages, unmap_pages};
}
