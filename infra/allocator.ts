// How the processor's memory allocator behaves. Pictures come and go by the hundred megabytes: glibc would keep them for the next
// one, in as many heaps as there are threads, until the function's memory is full of nothing. With these, a picture's memory goes
// back to the system when the picture does. (https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html)

export const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1000000' } as const;
