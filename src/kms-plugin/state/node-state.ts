import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { RootwardError } from '../../contract/errors.ts';
import { decodeJson } from './decode.ts';
import { readIfExists, replaceFile } from './durable-file.ts';

const MAX_UINT32 = 0xffffffff;
const Position = {
  epoch: Type.Integer({ minimum: 0, maximum: MAX_UINT32 }),
  number: Type.Integer({ minimum: 0, maximum: MAX_UINT32 }),
};
const KeyId = Type.String({ pattern: '^rw1\\.[a-z2-7]{40}$' });

const NodeStateSchema = Type.Object(
  {
    format: Type.Literal(1),
    clusterId: Type.String(),
    highWater: Type.Optional(Type.Object({ ...Position, keyId: KeyId }, { additionalProperties: false })),
    localKek: Type.Optional(
      Type.Object(
        {
          ...Position,
          keyId: KeyId,
          instanceId: Type.String(),
          rootKeyId: Type.String(),
          /** The local KEK wrapped by the key service; it is never written in clear. */
          wrapped: Type.String(),
          /** Seals that may have been made; counted in blocks, so that not every seal writes the file. */
          seals: Type.Integer({ minimum: 0 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

type NodeState = Static<typeof NodeStateSchema>;
export type StoredKek = NonNullable<NodeState['localKek']>;

/** What one node remembers over restarts. `save` returns after the change is on disk. */
export interface NodeStateFile {
  readonly current: () => Readonly<NodeState>;
  readonly save: (change: Partial<Pick<NodeState, 'highWater' | 'localKek'>>) => void;
  readonly replace: (state: NodeState) => void;
}

/** Opens the state of this node. Throws CONFIG if the file is damaged or belongs to another cluster. */
export function openNodeState(directory: string, clusterId: string): NodeStateFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'kms-plugin.json');
  const text = readIfExists(file);
  let state: NodeState = text === undefined ? { format: 1, clusterId } : decodeJson(NodeStateSchema, text, file);
  if (state.clusterId !== clusterId) {
    throw new RootwardError('CONFIG', {
      message: `${file}: belongs to cluster ${state.clusterId}, not to ${clusterId}`,
      hint: 'give every cluster its own stateDirectory',
    });
  }
  const replace = (next: NodeState): void => {
    replaceFile(file, `${JSON.stringify(next)}\n`);
    state = next;
  };
  return { current: () => state, save: (change) => replace({ ...state, ...change }), replace };
}
