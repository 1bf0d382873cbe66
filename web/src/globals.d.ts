/** Whether the app has its second page, `/inspect/{turn}`. */
declare const __HAS_INSPECTOR__: boolean;
