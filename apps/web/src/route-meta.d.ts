import 'vue-router';
import type { Permission } from '@waybill/contract';

declare module 'vue-router' {
  interface RouteMeta {
    /** Stands alone, without sidebar and bar. */
    bare?: boolean;
    /** Needs no session. */
    open?: boolean;
    /** The page shows itself only to those who hold it. */
    permission?: Permission;
  }
}
