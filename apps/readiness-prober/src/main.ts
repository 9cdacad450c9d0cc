import { runMessageService, selfCheckOf, serveOrDoctor } from '@causeway/service';
import { PROBER, ReadinessProberModule } from './readiness-prober.module';

void serveOrDoctor(selfCheckOf(PROBER), () => runMessageService(PROBER.principal, ReadinessProberModule));
