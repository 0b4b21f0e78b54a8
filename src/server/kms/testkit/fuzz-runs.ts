/** How many inputs a decoder is tried with: 2×10^4, or as many as ROOTWARD_FUZZ_RUNS says. */
export const FUZZ_RUNS = Number(process.env.ROOTWARD_FUZZ_RUNS ?? 20_000);
