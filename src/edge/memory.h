/* Memory for counters: in huge pages where the kernel has them, touched before it is used (a fresh
 * one may cost milliseconds), and wiped in a forked child, which must not spend its parent's
 * leases. */
#ifndef EDGE_MEMORY_H
#define EDGE_MEMORY_H

#include "edge/node.h"

void edge_memory_init(struct edge_memory *memory);

#endif
