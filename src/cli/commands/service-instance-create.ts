import { RootwardError } from '../../contract/errors.ts';
import { createInstance } from '../../contract/instances/create.ts';
import { OFFERINGS } from '../../contract/instances/offerings.ts';
import type { Operation } from '../../contract/operation.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { readPreferences } from '../session/preferences.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import { groupByName } from '../tree/names.ts';
import { PARAMETER_FLAGS, parametersOf } from '../tree/parameters-flag.ts';
import type { CommandParts } from './command-parts.ts';

interface CreateFlags extends Readonly<Record<string, unknown>> {
  readonly resourceGroupId?: string;
  readonly allowCleanup?: boolean;
  readonly lock?: boolean;
}

/** `resource service-instance-create NAME SERVICE PLAN LOCATION`: the API wants ids where people write names. */
export function addServiceInstanceCreate({ program, io }: CommandParts): void {
  const command = commandAt(program, ['resource', 'service-instance-create'])
    .description(createInstance.summary)
    .argument('<name>', 'what people call the instance')
    .argument('<service>', 'kms or hs-crypto')
    .argument('<plan>', 'tiered-pricing for kms, standard for hs-crypto; or the id of a plan')
    .argument('[location]', 'region, such as us-south; that of `kp region-set` if absent')
    .option('-g, --resource-group-id <group>', 'resource group, by name or id; the default one if absent')
    .option('--allow-cleanup', 'it may be deleted together with what it belongs to')
    .option('--lock', 'lock it at once');
  for (const [syntax, help] of Object.entries(PARAMETER_FLAGS)) command.option(syntax, help);
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'resource service-instance-create payments-kms kms tiered-pricing us-south',
    'resource service-instance-create payments-kms kms tiered-pricing us-south --service-endpoints private --lock',
  ]);
  command.action(async (name: string, service: string, plan: string, location: string | undefined, flags: CreateFlags) => {
    const resource_plan_id = planId(service, plan);
    const target = location ?? chosenRegion(io);
    const call = openCall(flags, {}, io);
    const parameters = parametersOf(flags);
    const resource_group =
      flags.resourceGroupId === undefined
        ? (await call.session.account()).resourceGroupId
        : await groupByName(call.session.client, flags.resourceGroupId);
    const body = {
      name,
      target,
      resource_group,
      resource_plan_id,
      ...(flags.allowCleanup && { allow_cleanup: true }),
      ...(parameters && { parameters }),
    };
    const headers = flags.lock ? { 'entity-lock': 'true' } : {};
    await runOperation(createInstance as unknown as Operation, {}, { ...call, input: { body, headers } });
  });
}

/** Throws USAGE where no region is chosen. */
function chosenRegion({ env }: CommandParts['io']): string {
  const { region } = readPreferences(env);
  if (region !== undefined) return region;
  throw new RootwardError('USAGE', {
    message: 'No location is given.',
    hint: 'Give a region such as us-south, or choose one with `rootward kp region-set`.',
  });
}

function planId(service: string, name: string): string {
  const offering = OFFERINGS.find((offered) => offered.service === service);
  if (!offering) {
    throw new RootwardError('SERVICE_UNKNOWN', {
      message: `There is no service ${service}.`,
      hint: `Services are ${OFFERINGS.map((offered) => offered.service).join(', ')}.`,
    });
  }
  const plan = offering.plans.find(({ name: known, id }) => known === name || id === name);
  if (plan) return plan.id;
  throw new RootwardError('SERVICE_UNKNOWN', {
    message: `${service} has no plan ${name}.`,
    hint: `Its plans are ${offering.plans.map((known) => known.name).join(', ')}.`,
  });
}
