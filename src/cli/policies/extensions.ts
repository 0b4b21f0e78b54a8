import type { RoleList } from '../../contract/roles/list.ts';
import type { Extension } from '../call.ts';
import { ROLE_LIST } from '../output/views.ts';

/** What the commands that follow from operations on policies and roles do beside calling them. */
export const POLICY_EXTENSIONS: Readonly<Record<string, Extension>> = {
  'policies.delete': { done: 'The policy is deleted.' },
  'policies.restore': {
    // A command line has not read what it brings back.
    before({ input }) {
      input.headers = { 'if-match': '*' };
      input.body = { state: 'active' };
    },
  },
  'roles.list': {
    async after({ format }, answer) {
      if (format !== 'table') return { answer };
      const { system_roles, service_roles, custom_roles } = answer as RoleList;
      return { answer: [...system_roles, ...service_roles, ...custom_roles], view: ROLE_LIST };
    },
  },
};
