/** How many inputs a decoder is tried with: 2×10^4, or as many as ROOTWARD_FUZZ_RUNS says. */
export const FUZZ_RUNS = Number(process.env.ROOTWARD_FUZZ_RUNS ?? 20_000);

/** How long a test may take that tries so many, in ms. */
export const FUZZ_MS = 60_000 + FUZZ_RUNS;
