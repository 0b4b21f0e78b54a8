import { listPendingEvents, type PendingEvent } from '../../store/kms/lifecycle-events.ts';
import type { Store } from '../../store/store.ts';

/** How services inside this program learn of lifecycle events. The outbox is the truth; a wake-up only says that it is worth a look. */
export interface EventFeed {
  onEvent(listener: () => void): void;
  /** Wakes the listeners. Called after a commit. */
  announce(): void;
  /** Events whose recipients belong to `service` and have not acknowledged, oldest first. */
  pendingFor(service: string, limit: number): Promise<PendingEvent[]>;
}

export function createEventFeed(store: Store): EventFeed {
  const listeners: (() => void)[] = [];
  return {
    onEvent: (listener) => void listeners.push(listener),
    announce: () => {
      for (const listener of listeners) listener();
    },
    pendingFor: (service, limit) => listPendingEvents(store.db, `crn:v1:bluemix:public:${service}:`, limit),
  };
}
