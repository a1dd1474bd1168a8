import { createRequire } from 'node:module';

/** A Gaussian as npm kalman-filter holds it. */
export interface PeerState {
  readonly mean: number[][];
  readonly covariance: number[][];
}

/** The part of npm kalman-filter that is compared; the package brings no types. */
export interface PeerFilter {
  predict(options: { readonly previousCorrected: PeerState | null }): PeerState;
  correct(options: { readonly predicted: PeerState; readonly observation: number[][] }): PeerState;
}

interface PeerModule {
  readonly KalmanFilter: new (options: Readonly<Record<string, unknown>>) => PeerFilter;
}

const { KalmanFilter } = createRequire(import.meta.url)('kalman-filter') as PeerModule;

/** A filter of that package. */
export const createPeerFilter = (options: Readonly<Record<string, unknown>>): PeerFilter =>
  new KalmanFilter(options);
