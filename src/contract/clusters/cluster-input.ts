import Type from 'typebox';

/** Clients send many headers, often empty; these are the ones with a meaning. */
export const ClusterHeaders = Type.Object({
  'x-auth-resource-group': Type.Optional(Type.String({ maxLength: 64 })),
  'x-auth-resource-account': Type.Optional(Type.String({ maxLength: 64 })),
});

/** Id or name of a cluster. */
export const ClusterArgument = Type.String({ minLength: 1, maxLength: 128 });

export const ClusterParams = Type.Object({ idOrName: ClusterArgument });

/** The option by which every command names its cluster. */
export const CLUSTER_OPTION = { '-c, --cluster <cluster>': { into: 'body.cluster', help: 'name or id of the cluster' } } as const;
export const CLUSTER_QUERY_OPTION = {
  '-c, --cluster <cluster>': { into: 'query.cluster', help: 'name or id of the cluster' },
} as const;
export const CLUSTER_PARAM_OPTION = {
  '-c, --cluster <cluster>': { into: 'params.idOrName', help: 'name or id of the cluster' },
} as const;
