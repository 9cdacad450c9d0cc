import { runMessageService } from '@causeway/service';
import { PRINCIPAL, ReadinessProberModule } from './readiness-prober.module';

void runMessageService(PRINCIPAL, ReadinessProberModule);
