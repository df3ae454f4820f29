// How the processor's memory allocator behaves. Pictures come and go by the hundred megabytes: glibc would keep them for the next
// one, in as many heaps as there are threads, until the function's memory is full of nothing. With these, large pieces go back to the
// system when the picture does, and what stays is little enough to be used again at once: to have the system hand out each piece anew
// took a tenth of the time. (https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html)

/** Two heaps, pieces from 32 MB on (the most that glibc takes for it) by themselves, at most 64 MB kept. */
export const ALLOCATOR = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '67108864',
} as const;
